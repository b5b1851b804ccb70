//! The pictures of the demo, 960×640 pixels each: PNG where there are few colours, else JPEG.

/// A picture of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Picture {
    /// What it shows, for those who can't see it.
    pub description: &'static str,
    /// Its file.
    pub bytes: &'static [u8],
}

impl Picture {
    pub(crate) const BALLOONS: Self = Self {
        description: "Hot-air balloons of many colours drift over a patchwork of fields.",
        bytes: include_bytes!("../pictures/balloons.jpg"),
    };
    pub(crate) const BEACH: Self = Self {
        description: "A beach from above: turquoise sea, a line of foam, sand with umbrellas.",
        bytes: include_bytes!("../pictures/beach.jpg"),
    };
    pub(crate) const CAT_LOOKING: Self = Self {
        description: "A cat sits and looks straight at you.",
        bytes: include_bytes!("../pictures/cat-looking.jpg"),
    };
    pub(crate) const CAT_SLEEPING: Self = Self {
        description: "A cat sleeps, curled up with its eyes closed.",
        bytes: include_bytes!("../pictures/cat-sleeping.jpg"),
    };
    pub(crate) const COFFEE: Self = Self {
        description: "A cup of coffee, a pencil and an empty sheet on a desk, seen from above.",
        bytes: include_bytes!("../pictures/coffee.jpg"),
    };
    pub(crate) const COLUMNS: Self = Self {
        description: "A chart of ten columns that grow, with an orange line above them.",
        bytes: include_bytes!("../pictures/columns.png"),
    };
    pub(crate) const DUNES: Self = Self {
        description: "A small caravan crosses dunes under a low sun.",
        bytes: include_bytes!("../pictures/dunes.jpg"),
    };
    pub(crate) const FOGGY_FOREST: Self = Self {
        description: "Rows of firs that fade into fog.",
        bytes: include_bytes!("../pictures/foggy-forest.jpg"),
    };
    pub(crate) const LIGHTHOUSE: Self = Self {
        description: "A lighthouse throws its beam over the sea at dusk.",
        bytes: include_bytes!("../pictures/lighthouse.jpg"),
    };
    pub(crate) const MAP: Self = Self {
        description: "A hiking map of an island with contour lines and a path.",
        bytes: include_bytes!("../pictures/map.jpg"),
    };
    pub(crate) const MORNING_HILLS: Self = Self {
        description: "Range behind range of hills in the morning haze, birds in front of the sun.",
        bytes: include_bytes!("../pictures/morning-hills.jpg"),
    };
    pub(crate) const MOUNTAIN_LAKE: Self = Self {
        description: "Snowy mountains at sunset and their reflection in a lake.",
        bytes: include_bytes!("../pictures/mountain-lake.jpg"),
    };
    pub(crate) const NIGHT_CITY: Self = Self {
        description: "A city at night, its lighted windows mirrored in the river.",
        bytes: include_bytes!("../pictures/night-city.jpg"),
    };
    pub(crate) const NORTHERN_LIGHTS: Self = Self {
        description: "Green northern lights over a cabin in the snow.",
        bytes: include_bytes!("../pictures/northern-lights.jpg"),
    };
    pub(crate) const POSTER: Self = Self {
        description: "A poster of circles, quarters and bars in twenty-four squares.",
        bytes: include_bytes!("../pictures/poster.png"),
    };
    pub(crate) const RAINY_WINDOW: Self = Self {
        description: "The lights of a town, blurred behind a window in the rain.",
        bytes: include_bytes!("../pictures/rainy-window.jpg"),
    };
    pub(crate) const SHARES: Self = Self {
        description: "A ring of five shares, the largest of them orange.",
        bytes: include_bytes!("../pictures/shares.png"),
    };
}
