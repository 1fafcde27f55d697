//! The files that tell Apple's devices and Firefox to trust the authority.

use base64::Engine as _;

use super::TrustAnchor;

/// An Apple configuration profile with the certificate inside.
pub(super) fn apple_profile(anchor: &TrustAnchor, fingerprint: &str) -> String {
    let certificate = base64::engine::general_purpose::STANDARD.encode(&anchor.der);
    // Stable per authority: installing the profile again replaces it.
    let hex: String = fingerprint.chars().filter(char::is_ascii_hexdigit).chain("0".repeat(64).chars()).collect();
    let uuid = |at: usize| {
        let part = |from: usize, to: usize| hex.get(at + from..at + to).unwrap_or_default();
        [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadCertificateFileName</key><string>studio-ca.crt</string>
      <key>PayloadContent</key><data>{certificate}</data>
      <key>PayloadDisplayName</key><string>DreamOmni2 Studio authority</string>
      <key>PayloadIdentifier</key><string>studio.dreamomni2.authority.certificate</string>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadUUID</key><string>{}</string>
      <key>PayloadVersion</key><integer>1</integer>
    </dict>
  </array>
  <key>PayloadDescription</key><string>Lets this device trust the studio in your house. SHA-256 {fingerprint}</string>
  <key>PayloadDisplayName</key><string>DreamOmni2 Studio</string>
  <key>PayloadIdentifier</key><string>studio.dreamomni2.authority</string>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadUUID</key><string>{}</string>
  <key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
"#,
        uuid(0),
        uuid(32),
    )
}

/// Firefox reads this from its `distribution` folder, or from /etc/firefox/policies.
pub(super) fn firefox_policy() -> &'static str {
    "{\n  \"policies\": {\n    \"Certificates\": {\n      \"ImportEnterpriseRoots\": true,\n      \
     \"Install\": [\"studio-ca.pem\", \"/usr/local/share/ca-certificates/studio-ca.crt\"]\n    }\n  }\n}\n"
}
