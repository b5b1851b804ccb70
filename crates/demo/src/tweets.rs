//! What the people of Halcyon Maps have to say, the oldest first.

use crate::pictures::Picture;

/// A tweet of the demo company.
pub struct Said {
    /// The author's nickname.
    pub author: &'static str,
    /// What it says.
    pub text: &'static str,
    /// What it shows.
    pub pictures: &'static [Picture],
    /// How many colleagues like it.
    pub likes: usize,
}

const fn said(author: &'static str, likes: usize, text: &'static str, pictures: &'static [Picture]) -> Said {
    Said { author, text, pictures, likes }
}

/// All of it.
pub const TWEETS: &[Said] = &[
    said(
        "Sam",
        4,
        "Welcome to our own little microblog. House rules: be kind, write short, and whoever finishes the coffee makes the next one.",
        &[],
    ),
    said(
        "Mira",
        7,
        "First tweet! We draw hiking maps for a living, and still nobody in this company can find meeting room B.",
        &[],
    ),
    said(
        "Николай",
        3,
        "Напечатал пробный тираж. Запах свежей краски — лучший парфюм, и спорить я не буду.",
        &[],
    ),
    said(
        "Zoë",
        5,
        "A customer asked whether our map of the island also works in winter. I said yes, but it gets less green.",
        &[],
    ),
    said("Contour", 10, "I sat on the new map. It is my map now.", &[Picture::CAT_LOOKING]),
    said(
        "Tom",
        6,
        "Surveyed the northern ridge today. 23 km, 1,400 m up, one sandwich. The sandwich was the highlight.",
        &[Picture::MORNING_HILLS],
    ),
    said(
        "Лев",
        4,
        "Поиск по названиям теперь понимает опечатки. «Кривая речка» находится, даже если вы устали сильнее неё.",
        &[],
    ),
    said(
        "ゆき",
        6,
        "Contour lines are just the mountain's fingerprints. Finished the island sheet: 412 lines, all of them closed.",
        &[Picture::MAP],
    ),
    said("Ελένη", 3, "Every pebble is a very patient mountain. Καλημέρα!", &[]),
    said(
        "Анна",
        5,
        "Утренний туман съел весь лес, кроме первого ряда. Снимала прямо с крыльца.",
        &[Picture::FOGGY_FOREST],
    ),
    said(
        "Jonas",
        2,
        "Moved the tile server last night. If you noticed anything, please tell me; if not, please tell everyone.",
        &[],
    ),
    said(
        "Даша",
        6,
        "Нарисовала плакат для фойе. Двадцать четыре квадрата, и ни один не обиделся.",
        &[Picture::POSTER],
    ),
    said("ნინო", 4, "Found a spring that is on no map. Tomorrow it will be. გამარჯობა from the trail!", &[]),
    said(
        "Mira",
        6,
        "Numbers for the quarter are in. The dip in March is when we all went hiking to \"test the product\".",
        &[Picture::COLUMNS],
    ),
    said(
        "Sam",
        3,
        "Expense report of the month: \"1 canoe (borrowed), 1 canoe (replaced)\". Tom, we need to talk.",
        &[],
    ),
    said("Tom", 7, "In my defence, the canoe is now a landmark. It is already on the map.", &[]),
    said(
        "Zoë",
        4,
        "What people asked support about this week. Orange is \"how do I fold it back\". It is always \"how do I fold it back\".",
        &[Picture::SHARES],
    ),
    said(
        "Николай",
        5,
        "Секрет складывания карты прост: складывайте так, как будто она сама этого хочет.",
        &[],
    ),
    said(
        "Лев",
        5,
        "Удалил 2 000 строк кода, и всё заработало быстрее. Лучший день недели — и это понедельник!",
        &[],
    ),
    said("Contour", 11, "Do not disturb. In a meeting.", &[Picture::CAT_SLEEPING]),
    said(
        "Анна",
        4,
        "Вопрос дня: если заблудиться с нашей картой, это ошибка пользователя или приключение?",
        &[],
    ),
    said("Ελένη", 5, "Adventure. Definitely adventure. We should print that on the cover.", &[]),
    said(
        "ゆき",
        5,
        "山の朝は静かです。 Up at four for this light, and I would do it again.",
        &[Picture::MOUNTAIN_LAKE],
    ),
    said("Jonas", 3, "Uptime this month: 99.99 %. The other 0.01 % was the cat and the power strip.", &[]),
    said("Contour", 9, "The power strip was warm. I regret nothing.", &[]),
    said(
        "Даша",
        4,
        "Кофе, карандаш, чистый лист. Через час: холодный кофе, огрызок и чистый лист. Вдохновение, ты где?",
        &[Picture::COFFEE],
    ),
    said(
        "Mira",
        5,
        "Reminder: the summer outing is on Friday. Bring a compass. The bus driver uses a competitor's map.",
        &[],
    ),
    said(
        "ნინო",
        6,
        "Night shift at the lighthouse sheet. The keeper made tea and told me the names of all the rocks.",
        &[Picture::LIGHTHOUSE],
    ),
    said(
        "Tom",
        5,
        "Four landscapes, one week, zero dry socks.",
        &[Picture::DUNES, Picture::MORNING_HILLS, Picture::MOUNTAIN_LAKE, Picture::FOGGY_FOREST],
    ),
    said(
        "Sam",
        2,
        "The plant in the kitchen is plastic. Thank you all for watering it so faithfully since January.",
        &[],
    ),
    said(
        "Zoë",
        6,
        "Just got a postcard from a customer: \"Got lost on purpose, found the café you marked. Thank you.\" This is why.",
        &[],
    ),
    said("Лев", 3, "Три состояния программиста: «не работает», «не понимаю, почему работает» и «обед».", &[]),
    said(
        "Николай",
        4,
        "Ночная смена в типографии. Город светится, машина гудит, тираж сохнет. Хорошо.",
        &[Picture::NIGHT_CITY],
    ),
    said(
        "Анна",
        6,
        "Перевели легенду карты на грузинский. Слово «перевал» теперь звучит так, что туда хочется немедленно.",
        &[],
    ),
    said("ნინო", 5, "უღელტეხილი! Say it slowly, it has its own serpentines.", &[]),
    said(
        "Ελένη",
        4,
        "The coast from above. I promise I was counting rocks and not umbrellas. (Three umbrellas.)",
        &[Picture::BEACH],
    ),
    said(
        "Jonas",
        4,
        "Rain, a warm laptop and a green build. Do not tell anyone, but I like on-call nights.",
        &[Picture::RAINY_WINDOW],
    ),
    said(
        "Даша",
        7,
        "Проба иллюстраций для детской карты: шары над полями. Кто найдёт зелёный — тот лётчик.",
        &[Picture::BALLOONS],
    ),
    said("Mira", 6, "The children's map sold out in two days. Dasha, the balloons did it.", &[]),
    said("Contour", 8, "I was promised a balloon.", &[]),
    said(
        "Tom",
        4,
        "Met a shepherd who has walked this valley for forty years. He corrected two of our paths and one of my opinions.",
        &[],
    ),
    said(
        "ゆき",
        4,
        "今日の一枚。 North sheet, north light. The cabin is real and the soup was excellent.",
        &[Picture::NORTHERN_LIGHTS],
    ),
    said(
        "Лев",
        4,
        "Кто-то назвал переменную «гора». Переименовывать не стал: она действительно большая.",
        &[],
    ),
    said(
        "Sam",
        3,
        "The lost-and-found box holds three gloves, all left. If you are a person with three left hands, see me.",
        &[],
    ),
    said("Анна", 5, "Карта — это письмо человеку, которого ещё нет на этой тропе. Пишите разборчиво.", &[]),
    said(
        "Zoë",
        5,
        "Today's best question: \"Is the scale 1:25,000 or is the mountain just that small?\" Both, dear customer. Both.",
        &[],
    ),
    said(
        "Mira",
        8,
        "Two proofs on my desk, one decision. Left, right, or ask the cat?",
        &[Picture::LIGHTHOUSE, Picture::NORTHERN_LIGHTS],
    ),
    said("Contour", 12, "Ask the cat.", &[Picture::CAT_LOOKING]),
    said(
        "Николай",
        4,
        "Кот выбрал оба листа: на одном спит, на другой смотрит. Печатаем оба.",
        &[Picture::CAT_SLEEPING, Picture::LIGHTHOUSE],
    ),
    said("Mira", 5, "Meeting room B has been found. It was behind the map of the building.", &[]),
];
