//! Signing through an agent that keeps keys: `ssh-agent` and what speaks as it does (draft-ietf-sshm-ssh-agent), so that a
//! passphrase is typed once, and tokens that hold Ed25519 keys sign too.
//!
//! A key is asked for by its 32 bytes, and what comes back is verified before anybody sees it: an agent is another program.
//! Keys of security tokens of the kind `sk-ssh-ed25519` sign something else than the message, and are never asked.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use overt_ledger::{NoteError, PublicKey, SecretKey, Signer};
use ssh_encoding::{Decode, Encode, Reader};

const FAILURE: u8 = 5;
const SUCCESS: u8 = 6;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const ADD_ID_CONSTRAINED: u8 = 25;
const CONSTRAIN_LIFETIME: u8 = 1;

/// The longest answer: OpenSSH's own limit.
const MAX_LENGTH: usize = 256 << 10;
/// How long somebody may take to confirm, or to touch a token.
const PATIENCE: Duration = Duration::from_mins(2);
/// How Ed25519 keys and signatures are named.
const ED25519: &str = "ssh-ed25519";

/// A key that an agent keeps.
#[derive(Debug, Clone)]
pub struct AgentKey {
    socket: PathBuf,
    public: PublicKey,
    /// The key as the agent names it.
    encoded: Vec<u8>,
}

impl AgentKey {
    /// The key, if an agent is at the socket and keeps it.
    ///
    /// # Errors
    ///
    /// When an agent is there and does not answer as one.
    pub fn find(socket: &Path, public: &PublicKey) -> io::Result<Option<Self>> {
        let Ok(mut agent) = Agent::connect(socket) else {
            return Ok(None);
        };
        let keys = agent.keys()?;
        let own = |(key, _): &(Vec<u8>, String)| ed25519(key) == Some(public.bytes());
        Ok(keys.into_iter().find(own).map(|(encoded, _)| Self {
            socket: socket.to_owned(),
            public: public.clone(),
            encoded,
        }))
    }
}

impl Signer for AgentKey {
    fn public(&self) -> PublicKey {
        self.public.clone()
    }

    fn sign_bytes(&self, message: &[u8]) -> Result<[u8; 64], NoteError> {
        let not_signed = |detail: String| NoteError::NotSigned {
            name: self.public.name().to_owned(),
            detail,
        };
        let signed =
            Agent::connect(&self.socket).and_then(|mut agent| agent.sign(&self.encoded, message));
        let signature = signed.map_err(|e| not_signed(format!("the agent: {e}")))?;
        if self.public.verifies(message, &signature) {
            Ok(signature)
        } else {
            Err(not_signed(
                "the agent answered with a signature that does not hold".to_owned(),
            ))
        }
    }
}

/// The Ed25519 keys that an agent keeps, with what it calls them.
///
/// # Errors
///
/// When there is no agent, or it does not answer as one.
pub fn agent_keys(socket: &Path) -> io::Result<Vec<([u8; 32], String)>> {
    let keys = Agent::connect(socket)?.keys()?;
    let found = keys
        .into_iter()
        .filter_map(|(key, called)| Some((ed25519(&key)?, called)));
    Ok(found.collect())
}

/// Gives a key to an agent for a while.
///
/// # Errors
///
/// When there is no agent, or it does not take the key.
pub fn lend_to_agent(socket: &Path, key: &SecretKey, time: Duration) -> io::Result<()> {
    let public = key.public().bytes();
    let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    let mut message = vec![ADD_ID_CONSTRAINED];
    let encode = |message: &mut Vec<u8>| -> ssh_encoding::Result<()> {
        ED25519.encode(message)?;
        public[..].encode(message)?;
        [key.seed(), public].concat().encode(message)?;
        key.name().encode(message)?;
        CONSTRAIN_LIFETIME.encode(message)?;
        seconds.encode(message)
    };
    encode(&mut message).map_err(|_| wrong("the key cannot be encoded"))?;
    match Agent::connect(socket)?.ask(&message)?.first() {
        Some(&SUCCESS) => Ok(()),
        _ => Err(wrong("it does not take the key")),
    }
}

/// A connection to an agent.
struct Agent(UnixStream);

impl Agent {
    fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(stream))
    }

    fn ask(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        let length = u32::try_from(message.len()).map_err(|_| wrong("the message is too long"))?;
        self.0.write_all(&length.to_be_bytes())?;
        self.0.write_all(message)?;
        let mut length = [0; 4];
        self.0.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 || length > MAX_LENGTH {
            return Err(wrong("it answers at an impossible length"));
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer)?;
        Ok(answer)
    }

    /// Public keys as SSH encodes them, with what the agent calls them.
    fn keys(&mut self) -> io::Result<Vec<(Vec<u8>, String)>> {
        let answer = self.ask(&[REQUEST_IDENTITIES])?;
        let Some((&IDENTITIES_ANSWER, mut rest)) = answer.split_first() else {
            return Err(wrong("it does not tell its keys"));
        };
        let mut read = || -> ssh_encoding::Result<Vec<(Vec<u8>, String)>> {
            let count = u32::decode(&mut rest)?;
            let keys = (0..count).map(|_| {
                let key = Vec::decode(&mut rest)?;
                let called: Vec<u8> = Vec::decode(&mut rest)?;
                Ok((key, String::from_utf8_lossy(&called).into_owned()))
            });
            let keys = keys.collect::<ssh_encoding::Result<_>>()?;
            rest.finish(keys)
        };
        read().map_err(|_| wrong("it tells its keys in a way that is not understood"))
    }

    fn sign(&mut self, key: &[u8], text: &[u8]) -> io::Result<[u8; 64]> {
        let mut message = vec![SIGN_REQUEST];
        let encode = |message: &mut Vec<u8>| -> ssh_encoding::Result<()> {
            key.encode(message)?;
            text.encode(message)?;
            0_u32.encode(message)
        };
        encode(&mut message).map_err(|_| wrong("the message is too long"))?;
        let answer = self.ask(&message)?;
        match answer.split_first() {
            Some((&SIGN_RESPONSE, mut rest)) => {
                let mut read = || -> ssh_encoding::Result<[u8; 64]> {
                    let signature: Vec<u8> = Vec::decode(&mut rest)?;
                    let mut inner = &signature[..];
                    let kind = String::decode(&mut inner)?;
                    let made: Vec<u8> = Vec::decode(&mut inner)?;
                    inner.finish(())?;
                    let made = made.try_into().ok().filter(|_| kind == ED25519);
                    made.ok_or(ssh_encoding::Error::Length)
                };
                read().map_err(|_| wrong("it signs in another way"))
            }
            Some((&FAILURE, _)) => Err(wrong("it refuses to sign")),
            _ => Err(wrong("it does not answer with a signature")),
        }
    }
}

/// The key inside, where it is Ed25519 and of no other kind.
fn ed25519(mut key: &[u8]) -> Option<[u8; 32]> {
    let kind = String::decode(&mut key).ok()?;
    let public: Vec<u8> = Vec::decode(&mut key).ok()?;
    public
        .try_into()
        .ok()
        .filter(|_| kind == ED25519 && key.is_empty())
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::{Child, Command};

    use overt_ledger::Purpose;

    use super::*;

    /// An agent that ends with the test.
    struct Running(Child);

    impl Drop for Running {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn key(seed: u8) -> SecretKey {
        SecretKey::new("alice", Purpose::Note, &[seed; 32]).unwrap()
    }

    #[test]
    fn an_agent_signs_what_is_lent_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let agent = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .spawn();
        let _agent = Running(agent.expect("ssh-agent, of the package openssh-client"));
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while !socket.exists() && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(AgentKey::find(&socket, &key(1).public()).unwrap().is_none());
        lend_to_agent(&socket, &key(1), Duration::from_mins(1)).unwrap();
        let all = agent_keys(&socket).unwrap();
        assert_eq!(all, [(key(1).public().bytes(), "alice".to_owned())]);
        let kept = AgentKey::find(&socket, &key(1).public()).unwrap().unwrap();
        let signature = kept.sign_bytes(b"a text\n").unwrap();
        assert_eq!(signature, key(1).sign_bytes(b"a text\n").unwrap());
        assert!(AgentKey::find(&socket, &key(2).public()).unwrap().is_none());
    }

    /// An agent that answers one message with given bytes.
    fn answering(answers: Vec<Vec<u8>>) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut length = [0; 4];
                stream.read_exact(&mut length).unwrap();
                let mut message = vec![0; u32::from_be_bytes(length) as usize];
                stream.read_exact(&mut message).unwrap();
                let _ = stream.write_all(&answer);
            }
        });
        (folder, socket)
    }

    fn framed(answer: &[u8]) -> Vec<u8> {
        [&(answer.len() as u32).to_be_bytes()[..], answer].concat()
    }

    #[test]
    fn whatever_an_agent_answers_is_told() {
        let one_key = {
            let mut answer = vec![IDENTITIES_ANSWER, 0, 0, 0, 1];
            let mut blob = Vec::new();
            ED25519.encode(&mut blob).unwrap();
            key(1).public().bytes()[..].encode(&mut blob).unwrap();
            blob.encode(&mut answer).unwrap();
            b"\xff not text"[..].encode(&mut answer).unwrap();
            answer
        };
        let signed = |kind: &str, made: &[u8]| {
            let mut inner = Vec::new();
            kind.encode(&mut inner).unwrap();
            made.encode(&mut inner).unwrap();
            let mut answer = vec![SIGN_RESPONSE];
            inner.encode(&mut answer).unwrap();
            answer
        };
        for (answer, expected) in [
            (vec![FAILURE], "it refuses to sign"),
            (vec![99], "does not answer with a signature"),
            (
                signed("sk-ssh-ed25519@openssh.com", &[0; 64]),
                "signs in another way",
            ),
            (signed(ED25519, &[0; 63]), "signs in another way"),
            (signed(ED25519, &[7; 64]), "a signature that does not hold"),
        ] {
            let (_folder, socket) = answering(vec![framed(&one_key), framed(&answer)]);
            let kept = AgentKey::find(&socket, &key(1).public()).unwrap().unwrap();
            let said = kept.sign_bytes(b"a text\n").unwrap_err().to_string();
            assert!(said.contains(expected), "{expected}: {said}");
        }
        for wrong in [
            framed(&[IDENTITIES_ANSWER, 0xff, 0xff, 0xff, 0xff]),
            framed(&[FAILURE]),
            0_u32.to_be_bytes().to_vec(),
            u32::MAX.to_be_bytes().to_vec(),
            vec![0, 0],
        ] {
            let (_folder, socket) = answering(vec![wrong.clone()]);
            assert!(
                AgentKey::find(&socket, &key(1).public()).is_err(),
                "{wrong:?}"
            );
        }
        // No agent is no error: keys may be in files.
        let nowhere = Path::new("/nowhere/agent");
        assert!(AgentKey::find(nowhere, &key(1).public()).unwrap().is_none());
    }
}
