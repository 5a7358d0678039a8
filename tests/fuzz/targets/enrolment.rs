//! What anybody may send before the server knows them: an invitation's text, an asking, a question, a renewal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::chain::{Hash, PublicKey};
use shared::enrolment::{EnrolQuestion, EnrolRequest, Invitation, RenewRequest};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(invitation) = Invitation::read(text)
    {
        // What was read is written and read alike.
        assert_eq!(Invitation::read(&invitation.to_string()), Ok(invitation));
    }
    let key = PublicKey::new([7; 32]);
    if let Ok(request) = serde_json::from_slice::<EnrolRequest>(bytes) {
        let _ = (request.verifies(Hash::new([1; 32])), request.token.hash());
    }
    if let Ok(question) = serde_json::from_slice::<EnrolQuestion>(bytes) {
        assert!(!question.verifies(&key));
    }
    if let Ok(RenewRequest { terminal, proof: Some(proof) }) = serde_json::from_slice(bytes) {
        assert!(!proof.verifies(terminal, &key));
    }
});
