//! The list itself: what is written here is what docs, page and command show.

use super::{AfterEntry, FacePart, RegisterPart, RegistryPart, Scenario};
use crate::domain::restrictions::Ground;

/// Every scenario, in the order in which they are shown.
pub const SCENARIOS: &[Scenario] = &[
    allowed("approved", "900101100014", "May play: the operator gets a code and a token."),
    // Of an age by their birth alone.
    allowed("under_21", "991231500016", "Refused after both steps: the player is under 21, whenever you try."),
    restricted("debtor", "900101100024", &[Ground::Debtor], "Refused: the player is in the register of debtors."),
    restricted(
        "court_decision",
        "900101100034",
        &[Ground::CourtDecision],
        "Refused: a court has restricted the player.",
    ),
    restricted("civil_servant", "900101100044", &[Ground::CivilServant], "Refused: the player is a civil servant."),
    restricted("military", "900101100054", &[Ground::Military], "Refused: the player serves in the military."),
    restricted(
        "law_enforcement",
        "900101100064",
        &[Ground::LawEnforcement],
        "Refused: the player serves in a law-enforcement body.",
    ),
    restricted(
        "special_services",
        "900101100074",
        &[Ground::SpecialServices],
        "Refused: the player serves in the special services.",
    ),
    restricted(
        "self_restriction",
        "900101100084",
        &[Ground::SelfRestriction],
        "Refused: the player has asked to be kept from betting.",
    ),
    restricted("cool_off", "900101100163", &[Ground::CoolOff], "Refused: the player is pausing for a while."),
    restricted("deceased", "900101100173", &[Ground::Deceased], "Refused: the person is registered as deceased."),
    restricted(
        "document_invalid",
        "900101100183",
        &[Ground::DocumentInvalid],
        "Refused: the player's identity document is not valid.",
    ),
    restricted(
        "several_grounds",
        "900101100094",
        &[Ground::Debtor, Ground::CourtDecision, Ground::SelfRestriction],
        "Refused on three grounds at once; the player is told all of them.",
    ),
    Scenario {
        face: FacePart::Mismatch,
        ..allowed("face_mismatch", "900101100103", "Refused at the camera: another face than on the ID photo.")
    },
    Scenario {
        face: FacePart::Doubt,
        ..allowed(
            "doubt",
            "900101100113",
            "Under review: the face may be the one on the ID photo, so a person must look.",
        )
    },
    Scenario {
        register: RegisterPart::Down,
        ..allowed(
            "register_down",
            "900101100123",
            "The population register does not answer: 503 at the IIN, try again later.",
        )
    },
    Scenario {
        registry: RegistryPart::Stale,
        ..allowed(
            "registry_stale",
            "900101100133",
            "Refused: the restrictions registry is too old to say that nothing holds.",
        )
    },
    Scenario {
        register: RegisterPart::Slow,
        ..allowed("slow", "900101100143", "The population register takes three seconds; then as approved.")
    },
    Scenario {
        register: RegisterPart::Unknown,
        ..allowed(
            "person_not_found",
            "900101100153",
            "The population register knows no such person: refused at the camera, as another's face is.",
        )
    },
    enters(
        "short_tokens",
        "900101100222",
        AfterEntry::ShortTokens,
        "May play, with tokens of 20 seconds: they are to be renewed soon.",
    ),
    enters(
        "lost_answer",
        "900101100212",
        AfterEntry::AnswerLost,
        "May play, with tokens of 20 seconds. The first renewal's answer is lost (504): show the same refresh token again.",
    ),
    enters(
        "register_down_at_renewal",
        "900101100202",
        AfterEntry::RegisterDown,
        "May play, with tokens of 20 seconds. For 40 seconds a renewal is answered 503: keep the session shut and try again.",
    ),
    enters(
        "restricted_later",
        "900101100193",
        AfterEntry::Restricted,
        "May play, and is restricted half a minute later, for a minute: the session ends, and the player comes in no more.",
    ),
];

const fn allowed(code: &'static str, iin: &'static str, sentence: &'static str) -> Scenario {
    let (register, face, registry) = (RegisterPart::Known, FacePart::Match, RegistryPart::Clear);
    Scenario { code, iin, sentence, register, face, registry, after: AfterEntry::Nothing }
}

const fn enters(code: &'static str, iin: &'static str, after: AfterEntry, sentence: &'static str) -> Scenario {
    Scenario { after, ..allowed(code, iin, sentence) }
}

const fn restricted(
    code: &'static str,
    iin: &'static str,
    grounds: &'static [Ground],
    sentence: &'static str,
) -> Scenario {
    Scenario { registry: RegistryPart::Restricted(grounds), ..allowed(code, iin, sentence) }
}
