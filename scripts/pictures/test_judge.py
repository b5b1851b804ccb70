"""The judge finds fault where one picture is taken for another."""

import io
import struct
import unittest

from PIL import Image, ImageChops

import drawn
import frames
import judge
from service import Kept

FILES = drawn.examples()
LIMITS = {"upload_bytes": 10_485_760, "image_side": 65_535, "image_pixels": 40_000_000, "image_frames": 500}


def verdict(source: str, kept: str) -> str:
    return judge.accepted(FILES[source], Kept(201, content=FILES[kept])).verdict


class TestJudge(unittest.TestCase):
    def test_a_picture_is_right_in_the_place_of_itself(self) -> None:
        for name in ["baseline.jpg", "rgb.png", "moving.gif", "moving.webp"]:
            self.assertEqual(verdict(name, name), judge.RIGHT, name)

    def test_the_same_colours_by_a_profile_are_right(self) -> None:
        self.assertEqual(verdict("xyb.jpg", "baseline.jpg"), judge.RIGHT)

    def test_another_picture_is_wrong(self) -> None:
        for source, kept in [
            ("wide.jpg", "baseline.jpg"),
            ("turned.jpg", "baseline.jpg"),
            ("linear.png", "rgb.png"),
            ("points.png", "rgb.png"),
            ("soft.png", "rgb.png"),
            ("moving.gif", "still.gif"),
            ("moving.webp", "moving.gif"),
        ]:
            self.assertEqual(verdict(source, kept), judge.WRONG, f"{source}: {kept}")

    def test_what_is_left_beside_the_picture_is_wrong(self) -> None:
        for name in ["wide.jpg", "turned.jpg", "wide.png", "wide.webp"]:
            self.assertEqual(verdict(name, name), judge.WRONG, name)

    def test_numbers_that_say_what_the_colours_are_may_stay(self) -> None:
        self.assertEqual(verdict("linear.png", "linear.png"), judge.RIGHT)

    def test_a_small_copy_is_right_by_any_usual_filter_and_wrong_as_another_picture(self) -> None:
        original = Image.open(io.BytesIO(FILES["rgb.png"]))

        def faults(copy: Image.Image) -> list[str]:
            written = io.BytesIO()
            copy.save(written, "JPEG", quality=80, subsampling="4:2:0")
            described = {"width": copy.width, "height": copy.height, "type": "image/jpeg"}
            kept = Kept(201, content=FILES["rgb.png"], media={"variants": [described]})
            return list(judge.variants(kept, [written.getvalue()]))

        for resampling in [Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS]:
            self.assertEqual(faults(original.resize((80, 60), resampling)), [], resampling)
        for wrong in [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM]:
            self.assertEqual(len(faults(original.resize((80, 60)).transpose(wrong))), 1, wrong)
        # A pixel beside its place.
        self.assertEqual(len(faults(ImageChops.offset(original.resize((80, 60)), 1, 0))), 1)

    def test_what_the_first_frame_of_a_gif_leaves_open_is_transparent(self) -> None:
        written = io.BytesIO()
        Image.new("P", (4, 4), 1).save(written, "GIF")
        # The screen is made larger than the frame.
        content = written.getvalue()
        content = content[:6] + struct.pack("<HH", 8, 8) + content[10:]
        shown = frames.first_as_shown(content)
        self.assertEqual((shown[..., 3] == 255).sum(), 16)

    def test_a_refusal_is_right_only_of_what_is_broken_or_beyond_a_limit(self) -> None:
        for name in ["cut-off.jpg", "cut-off.png", "cut-off.gif", "text.png"]:
            self.assertEqual(judge.refusal(FILES[name], "", LIMITS).verdict, judge.REFUSED_RIGHTLY, name)
        for name in ["baseline.jpg", "rgb.png", "moving.gif", "moving.webp"]:
            self.assertEqual(judge.refusal(FILES[name], "", LIMITS).verdict, judge.REFUSED_WRONGLY, name)
            few = LIMITS | {"image_pixels": 100}
            self.assertEqual(judge.refusal(FILES[name], "", few).verdict, judge.REFUSED_RIGHTLY, name)


if __name__ == "__main__":
    unittest.main()
