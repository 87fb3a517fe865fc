"""Which texts are keys, by the curve's own arithmetic: nothing here is taken from a list."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pilothouse import _trust

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
ORDER = 2**252 + 27742317777372353535851937790883648493
SIGN = 1 << 255

Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    k = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P) % P


def times(n: int, point: Point) -> Point:
    result = (0, 1)
    while n:
        if n & 1:
            result = add(result, point)
        point = add(point, point)
        n >>= 1
    return result


def point_at(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_1 % P
    return (x, y) if x * x % P == square else None


def encoded(point: Point) -> int:
    return point[1] | (point[0] & 1) << 255


def small_order() -> set[int]:
    """All eight: the order of the rest of the group, times a point, leaves one of them."""
    found: set[int] = set()
    y = 2
    while len(found) < 8:
        point = point_at(y)
        if point is not None:
            found.add(encoded(times(ORDER, point)))
        y += 1
    return found


def is_key(number: int, state: Path) -> bool:
    text = base64.urlsafe_b64encode(number.to_bytes(32, "little")).decode().rstrip("=")
    try:
        _trust.verify(
            b"",
            name="shuffle-stats",
            keys=["ed25519:" + text],
            threshold=1,
            least_version=None,
            revoked=[],
            max_bytes=2**20,
            revocations=[],
            state_directory=str(state),
            python="3.11.2",
            distributed="2026.8.0",
            remember=False,
            max_risk=None,
        )
    except _trust.Refused as refused:
        assert refused.code == "malformed"  # the bundle, which is looked at after the keys
        return True
    except ValueError as wrong:
        assert "no point of the curve" in str(wrong)
        return False
    pytest.fail("an empty bundle was taken")


def test_points_of_small_order_are_no_keys(tmp_path: Path) -> None:
    points = small_order()
    assert len(points) == 8
    assert not any(is_key(point, tmp_path) for point in points)
    assert not any(is_key(point ^ SIGN, tmp_path) for point in points)


def test_what_is_no_point_is_no_key(tmp_path: Path) -> None:
    on = [y for y in range(2, 200) if point_at(y) is not None]
    assert 50 < len(on) < 150
    for y in range(2, 200):
        assert is_key(y, tmp_path) == (y in on)
        assert is_key(y | SIGN, tmp_path) == (y in on)


def test_each_key_has_one_text(tmp_path: Path) -> None:
    for y in range(P, 2**255):
        assert not is_key(y, tmp_path)
        assert not is_key(y | SIGN, tmp_path)
