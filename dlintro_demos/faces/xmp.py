"""XMP sidecars with face regions as the Metadata Working Group defines them, which photo managers read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from xml.etree import ElementTree as ET

from dlintro_demos.faces.face import Box
from dlintro_demos.gallery.intake.names import BadName, clean_name, harmless

MAX_BYTES = 512 * 2**10  # of a sidecar that is read
MAX_REGIONS = 200
UNDONE = {6: 8, 8: 6}  # a turn and the one that takes it back; every other takes itself back
X = "adobe:ns:meta/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
AREA = "http://ns.adobe.com/xmp/sType/Area#"
DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
PREFIXES = {"x": X, "rdf": RDF, "mwg-rs": REGIONS, "stArea": AREA, "stDim": DIMENSIONS, "Iptc4xmpExt": IPTC}

# Once: `register_namespace` takes the address out and puts it in again, which another thread would see.
for _prefix, _address in PREFIXES.items():
    ET.register_namespace(_prefix, _address)


def stored(box: Box, width: int, height: int, orientation: int) -> tuple[Box, int, int]:
    """A box of the upright picture in the pixels as stored, with their width and height.

    Regions relate to the stored pixels: a reader turns them with the picture.
    """
    x0, y0, x1, y1 = box
    corners = {
        1: (x0, y0, x1, y1),
        2: (width - x1, y0, width - x0, y1),
        3: (width - x1, height - y1, width - x0, height - y0),
        4: (x0, height - y1, x1, height - y0),
        5: (y0, x0, y1, x1),
        6: (y0, width - x1, y1, width - x0),
        7: (height - y1, width - x1, height - y0, width - x0),
        8: (height - y1, x0, height - y0, x1),
    }[orientation]
    return (corners, height, width) if orientation >= 5 else (corners, width, height)


def sidecar(
    faces: Sequence[tuple[Box, str | None]], width: int, height: int, *, orientation: int = 1
) -> bytes:
    """XMP of a photo of `width` x `height` upright pixels: a region a face, with its name if it has one."""
    meta = ET.Element(f"{{{X}}}xmpmeta")
    description = ET.SubElement(
        ET.SubElement(meta, f"{{{RDF}}}RDF"), f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""}
    )
    regions = _resource(description, f"{{{REGIONS}}}Regions")
    size = _resource(regions, f"{{{REGIONS}}}AppliedToDimensions")
    inside = [(_cut(box, width, height), harmless(name or "")) for box, name in faces]
    inside = [(box, name) for box, name in inside if box[0] < box[2] and box[1] < box[3]]
    across, down = (height, width) if orientation >= 5 else (width, height)
    for name, value in (("w", str(across)), ("h", str(down)), ("unit", "pixel")):
        ET.SubElement(size, f"{{{DIMENSIONS}}}{name}").text = value
    bag = ET.SubElement(ET.SubElement(regions, f"{{{REGIONS}}}RegionList"), f"{{{RDF}}}Bag")
    for box, name in inside:
        (x0, y0, x1, y1), _, _ = stored(box, width, height, orientation)
        item = _resource(bag, f"{{{RDF}}}li")
        if name:
            ET.SubElement(item, f"{{{REGIONS}}}Name").text = name
        ET.SubElement(item, f"{{{REGIONS}}}Type").text = "Face"
        area = _resource(item, f"{{{REGIONS}}}Area")
        values = ((x0 + x1) / 2 / across, (y0 + y1) / 2 / down, (x1 - x0) / across, (y1 - y0) / down)
        for key, share in zip("xywh", values, strict=True):
            ET.SubElement(area, f"{{{AREA}}}{key}").text = f"{share:.6f}"
        ET.SubElement(area, f"{{{AREA}}}unit").text = "normalized"
    names = sorted({name for _, name in inside} - {""})
    if names:
        people = ET.SubElement(ET.SubElement(description, f"{{{IPTC}}}PersonInImage"), f"{{{RDF}}}Bag")
        for name in names:
            ET.SubElement(people, f"{{{RDF}}}li").text = name
    packet = ET.tostring(meta, encoding="utf-8")
    return (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        + packet
        + b'\n<?xpacket end="w"?>\n'
    )


def named_regions(packet: bytes, width: int, height: int, *, orientation: int = 1) -> list[tuple[Box, str]]:
    """Boxes in a photo of `width` x `height` upright pixels, with their names; none where nothing is said.

    Reads what `sidecar` writes, and the shorter spelling of photo managers. Nothing in the packet is trusted.
    """
    if len(packet) > MAX_BYTES:
        return []
    try:
        text = packet.decode("utf-8")
        root = None if "<!" in text else ET.fromstring(text)  # noqa: S314 - without entities there is no bomb
    except (UnicodeDecodeError, ET.ParseError, ValueError):
        return []
    across, down = (height, width) if orientation >= 5 else (width, height)
    regions = []
    for item in islice(root.iter(f"{{{RDF}}}li"), MAX_REGIONS) if root is not None else ():
        region = item.find(f"{{{RDF}}}Description") if len(item) == 1 else None
        name = _value(item if region is None else region, f"{{{REGIONS}}}Name")
        area = next(item.iter(f"{{{REGIONS}}}Area"), None)
        try:
            x, y, w, h = (float(_value(area, f"{{{AREA}}}{key}")) for key in "xywh")
            name = clean_name(name)
        except (BadName, ValueError):
            continue
        if not (0 <= x <= 1 and 0 <= y <= 1 and 0 < w <= 1 and 0 < h <= 1):
            continue
        box = ((x - w / 2) * across, (y - h / 2) * down, (x + w / 2) * across, (y + h / 2) * down)
        upright, _, _ = stored(box, across, down, UNDONE.get(orientation, orientation))
        regions.append((_cut(upright, width, height), name))
    return regions


def _value(element: ET.Element | None, tag: str) -> str:
    """A property, written as an element or as an attribute; "" where there is none."""
    if element is None:
        return ""
    return element.findtext(f".//{tag}") or next((each.get(tag, "") for each in element.iter()), "")


def _resource(parent: ET.Element, tag: str) -> ET.Element:
    return ET.SubElement(parent, tag, {f"{{{RDF}}}parseType": "Resource"})


def _cut(box: Box, width: int, height: int) -> Box:
    x0, x1 = (min(max(value, 0.0), width) for value in box[::2])
    y0, y1 = (min(max(value, 0.0), height) for value in box[1::2])
    return x0, y0, x1, y1
