//! Who works at Halcyon Maps, a small company that draws hiking maps.

/// Somebody of the demo company: nickname, first and last name.
pub struct Colleague {
    /// The nickname.
    pub nickname: &'static str,
    /// The first name.
    pub first_name: &'static str,
    /// The last name.
    pub last_name: &'static str,
    /// Nicknames of those whom the person follows.
    pub follows: &'static [&'static str],
}

/// The first is the viewer.
pub const COLLEAGUES: [Colleague; 13] = [
    colleague(
        "Mira",
        "Mira",
        "Solberg",
        &["Анна", "Tom", "Лев", "ゆき", "Zoë", "Николай", "Ελένη", "Contour"],
    ),
    colleague("Анна", "Анна", "Лебедева", &["Mira", "Лев", "Даша", "ゆき", "Николай", "Contour", "Tom"]),
    colleague("Tom", "Tom", "Okafor", &["Mira", "Ελένη", "ნინო", "Анна", "Contour"]),
    colleague("Лев", "Лев", "Гринберг", &["Jonas", "Анна", "Mira", "Zoë", "Contour", "Даша"]),
    colleague("ゆき", "ゆき", "田中", &["Mira", "Анна", "Ελένη", "Tom", "Николай", "Contour"]),
    colleague("Zoë", "Zoë", "van Dijk", &["Mira", "Sam", "Лев", "Jonas", "ゆき", "Contour"]),
    colleague("Николай", "Николай", "Воронцов", &["ゆき", "Даша", "Анна", "Mira"]),
    colleague("Ελένη", "Ελένη", "Παπαδάκη", &["Tom", "ნინო", "ゆき", "Mira"]),
    colleague("Sam", "Sam", "Whitfield", &["Mira", "Zoë", "Contour"]),
    colleague("Даша", "Дарья", "Ким", &["Анна", "ゆき", "Mira", "Contour", "Лев", "Zoë"]),
    colleague("ნინო", "ნინო", "ბერიძე", &["Tom", "Ελένη", "Mira", "Даша", "Contour"]),
    colleague("Jonas", "Jonas", "Lindqvist", &["Лев", "Mira", "Sam", "Contour"]),
    colleague("Contour", "Contour", "the Cat", &["Mira"]),
];

const fn colleague(
    nickname: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    follows: &'static [&'static str],
) -> Colleague {
    Colleague { nickname, first_name, last_name, follows }
}
