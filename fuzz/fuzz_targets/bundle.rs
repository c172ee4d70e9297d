//! Any bytes as a bundle, a policy, certificates of authorities for time, their answers and tokens: each is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use overt_verify::{Authorities, Policy, Trust, token, verify, verify_stamp};

const POLICY: &str = "log log.example/overt+1234abcd+AQ\nquorum none\n";

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    match choice % 4 {
        0 => {
            // What verifies without a policy says at least that nobody vouches for it.
            if let Ok(report) = verify(bytes, Trust::default()) {
                assert!(report.describe().contains("no policy says whom you trust"));
            }
        }
        1 => {
            let text = String::from_utf8_lossy(bytes);
            if let Ok(policy) = Policy::read(&text) {
                let trust = Trust { policy: Some(&policy), ..Trust::default() };
                assert!(verify(b"overt-bundle 2\n", trust).is_err());
            }
            assert!(Policy::read(POLICY).is_err(), "a key that is cut off");
        }
        2 => {
            if let Ok(trusted) = Authorities::read(bytes) {
                assert!(verify_stamp(bytes, "", &trusted).is_err());
            }
        }
        _ => {
            // Nobody is trusted, so nothing holds.
            let bare = token(bytes).unwrap_or_else(|_| bytes.to_vec());
            assert!(verify_stamp(&bare, "", &Authorities::default()).is_err());
        }
    }
});
