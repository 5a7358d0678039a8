"""Makes TallymanBold.otf: the bold face of every character that the window's own words use."""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BOLD = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
SOURCES = [
    "scanner-app/src/ui", "scanner-app/src/cli/window", "scanner-app/src/operators", "scanner-app/src/session", "scanner-app/src/sync",
    "scanner-app/src/store", "scanner-app/src/training", "scanner-app/ui", "shared/src/mismatch", "shared/src/citation.rs",
]
FAMILY = "Tallyman Bold"
GAPS = (0xA0, 0x202F)


def words():
    found = set(map(chr, range(0x20, 0x7F))) | set("·–—…“”‘’×（），。：；")
    for source in SOURCES:
        path = ROOT / source
        for file in [path] if path.is_file() else [*path.rglob("*.rs"), *path.rglob("*.slint")]:
            if "tests" in file.relative_to(ROOT).parts:
                continue
            found |= {letter for letter in file.read_text() if ord(letter) > 0x2E7F}
    return found


def main():
    font = TTFont(BOLD, fontNumber=2)
    options = Options(layout_features=[], hinting=False, desubroutinize=False, name_IDs=[1, 2, 4, 6], name_languages=[0x409])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(words()))
    subsetter.subset(font)
    # One face per family is all that the software renderer tells apart: this one is the regular face of a family of its own.
    names = {1: FAMILY, 2: "Regular", 4: FAMILY, 6: FAMILY.replace(" ", "")}
    for record in font["name"].names:
        record.string = names[record.nameID]
    font["CFF "].cff.fontNames = [names[6]]
    font["OS/2"].usWeightClass = 400
    space = font.getBestCmap()[0x20]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update({gap: space for gap in GAPS})
    font.save(HERE / "TallymanBold.otf")


if __name__ == "__main__":
    main()
