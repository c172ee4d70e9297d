//! Channels of Windows' event log, and the services that Sigma calls them.

/// In lower case, by channel.
const SERVICES: [(&str, &str); 59] = [
    ("dns server", "dns-server"),
    ("linux-sysmon/operational", "sysmon"),
    ("microsoft-servicebus-client", "microsoft-servicebus-client"),
    (
        "microsoft-servicebus-client/admin",
        "microsoft-servicebus-client",
    ),
    (
        "microsoft-servicebus-client/operational",
        "microsoft-servicebus-client",
    ),
    ("microsoft-windows-applocker/exe and dll", "applocker"),
    ("microsoft-windows-applocker/msi and script", "applocker"),
    (
        "microsoft-windows-applocker/packaged app-deployment",
        "applocker",
    ),
    (
        "microsoft-windows-applocker/packaged app-execution",
        "applocker",
    ),
    (
        "microsoft-windows-appmodel-runtime/admin",
        "appmodel-runtime",
    ),
    (
        "microsoft-windows-appxdeploymentserver/operational",
        "appxdeployment-server",
    ),
    (
        "microsoft-windows-appxpackaging/operational",
        "appxpackaging-om",
    ),
    ("microsoft-windows-bits-client/operational", "bits-client"),
    ("microsoft-windows-capi2/operational", "capi2"),
    (
        "microsoft-windows-certificateservicesclient-lifecycle-system/operational",
        "certificateservicesclient-lifecycle-system",
    ),
    (
        "microsoft-windows-codeintegrity/operational",
        "codeintegrity-operational",
    ),
    (
        "microsoft-windows-diagnosis-scripted/operational",
        "diagnosis-scripted",
    ),
    ("microsoft-windows-dns-client/operational", "dns-client"),
    (
        "microsoft-windows-dns-server/analytical",
        "dns-server-analytic",
    ),
    ("microsoft-windows-dns-server/audit", "dns-server-audit"),
    (
        "microsoft-windows-dnsserver/analytical",
        "dns-server-analytic",
    ),
    ("microsoft-windows-dnsserver/audit", "dns-server-audit"),
    (
        "microsoft-windows-driverframeworks-usermode/operational",
        "driver-framework",
    ),
    ("microsoft-windows-hyper-v-worker-admin", "hyper-v-worker"),
    (
        "microsoft-windows-iis-configuration/operational",
        "iis-configuration",
    ),
    (
        "microsoft-windows-kernel-eventtracing/admin",
        "kernel-event-tracing",
    ),
    (
        "microsoft-windows-kernel-shimengine/diagnostic",
        "kernel-shimengine",
    ),
    (
        "microsoft-windows-kernel-shimengine/operational",
        "kernel-shimengine",
    ),
    ("microsoft-windows-ldap-client/debug", "ldap"),
    ("microsoft-windows-lsa/operational", "lsa-server"),
    ("microsoft-windows-lsa-server/operational", "lsa-server"),
    ("microsoft-windows-ntfs/operational", "ntfs"),
    ("microsoft-windows-ntlm/operational", "ntlm"),
    ("microsoft-windows-powershell/operational", "powershell"),
    ("microsoft-windows-printservice/admin", "printservice-admin"),
    (
        "microsoft-windows-printservice/operational",
        "printservice-operational",
    ),
    (
        "microsoft-windows-security-mitigations/kernelmode",
        "security-mitigations",
    ),
    (
        "microsoft-windows-security-mitigations/usermode",
        "security-mitigations",
    ),
    ("microsoft-windows-sense/operational", "sense"),
    ("microsoft-windows-shell-core/operational", "shell-core"),
    (
        "microsoft-windows-smbclient/connectivity",
        "smbclient-connectivity",
    ),
    ("microsoft-windows-smbclient/security", "smbclient-security"),
    (
        "microsoft-windows-smbserver/connectivity",
        "smbserver-connectivity",
    ),
    ("microsoft-windows-sysmon/operational", "sysmon"),
    (
        "microsoft-windows-taskscheduler/operational",
        "taskscheduler",
    ),
    (
        "microsoft-windows-terminalservices-localsessionmanager/operational",
        "terminalservices-localsessionmanager",
    ),
    ("microsoft-windows-vhdmp/operational", "vhdmp"),
    ("microsoft-windows-vhdmp-operational", "vhdmp"),
    (
        "microsoft-windows-windows defender/operational",
        "windefend",
    ),
    (
        "microsoft-windows-windows firewall with advanced security/firewall",
        "firewall-as",
    ),
    ("microsoft-windows-winrm/operational", "winrm"),
    ("microsoft-windows-wmi-activity/operational", "wmi"),
    ("msexchange management", "msexchange-management"),
    ("openssh/operational", "openssh"),
    ("powershellcore/operational", "powershell"),
    ("application", "application"),
    ("security", "security"),
    ("system", "system"),
    ("windows powershell", "powershell-classic"),
];

/// The service of a channel, in lower case.
pub(super) fn service(channel: &str) -> Option<&'static str> {
    let (_, service) = SERVICES.iter().find(|(name, _)| *name == channel)?;
    Some(service)
}
