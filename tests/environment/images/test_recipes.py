from __future__ import annotations

from pathlib import Path

import pytest

from seatrials.environment.images.recipes import Recipes, canonical, read
from seatrials.errors import SeatrialsError


def recipe(folder: Path, *names: str, what: str = "something else", dockerfile: str = "FROM scratch\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'"{name}"' for name in names)
    (folder / "image.toml").write_text(f'stands_in_for = [{listed}]\nis = "{what}"\n', encoding="utf-8")
    (folder / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "name", ["redis:7", "docker.io/library/redis:7", "docker.io/redis:7", "index.docker.io/library/redis:7"]
)
def test_a_recipe_is_found_by_every_spelling_of_the_name(tmp_path: Path, name: str) -> None:
    recipe(tmp_path / "redis", "redis:7")
    found = Recipes(tmp_path).find(name)
    assert found is not None
    assert (found.name, found.what) == ("redis", "something else")


def test_a_name_without_a_tag_is_latest() -> None:
    assert canonical("redis") == "redis:latest"
    assert canonical("localhost:5000/redis") == "localhost:5000/redis:latest"
    assert canonical("redis@sha256:abc") == "redis@sha256:abc"


def test_other_tags_and_other_registries_are_not_stood_in_for(tmp_path: Path) -> None:
    recipe(tmp_path / "redis", "redis:7")
    assert Recipes(tmp_path).find("redis:8") is None
    assert Recipes(tmp_path).find("ghcr.io/redis:7") is None


def test_an_exact_name_wins_over_a_pattern(tmp_path: Path) -> None:
    recipe(tmp_path / "any", "redis:*")
    recipe(tmp_path / "seven", "redis:7")
    recipes = Recipes(tmp_path)
    assert [recipes.find(name).name for name in ("redis:7", "redis:6")] == ["seven", "any"]  # type: ignore[union-attr]


def test_two_recipes_for_one_name_are_refused(tmp_path: Path) -> None:
    recipe(tmp_path / "one", "redis:7")
    recipe(tmp_path / "two", "redis:7")
    with pytest.raises(SeatrialsError, match=r"one/image\.toml, .*two/image\.toml"):
        Recipes(tmp_path).find("redis:7")


def test_a_project_without_recipes_has_none(tmp_path: Path) -> None:
    assert Recipes(tmp_path / "images").find("redis:7") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("stands_in_for = [", "cannot be read"),
        ('is = "x"', "lacks"),
        ('stands_in_for = ["a"]', "lacks"),
        ('stands_in_for = "a"\nis = "x"', "lacks"),
        ('stands_in_for = []\nis = "x"', "lacks"),
        ('stands_in_for = ["a"]\nis = "x"\ntags = 1', "unknown keys: tags"),
    ],
)
def test_a_broken_recipe_is_named(tmp_path: Path, content: str, message: str) -> None:
    recipe(tmp_path / "redis", "redis:7")
    (tmp_path / "redis" / "image.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SeatrialsError, match=message) as caught:
        Recipes(tmp_path).find("redis:7")
    assert caught.value.where.endswith("redis/image.toml")


def test_a_recipe_that_makes_nothing_is_refused(tmp_path: Path) -> None:
    recipe(tmp_path / "redis", "redis:7")
    (tmp_path / "redis" / "Dockerfile").unlink()
    with pytest.raises(SeatrialsError, match="neither a Dockerfile nor a rootfs"):
        read(tmp_path / "redis")


def test_the_digest_changes_with_a_file_its_mode_and_the_recipes_below(tmp_path: Path) -> None:
    recipe(tmp_path / "debian", "debian:12")
    redis = recipe(tmp_path / "redis", "redis:7", dockerfile="FROM debian:12\nCOPY start /\n")
    (redis / "start").write_text("x", encoding="utf-8")
    recipes = Recipes(tmp_path)

    def digest() -> str:
        return recipes.digest(read(redis))

    seen = [digest()]
    assert digest() == seen[0]
    (redis / "start").chmod(0o755)
    seen.append(digest())
    (redis / "start").write_text("y", encoding="utf-8")
    seen.append(digest())
    (tmp_path / "debian" / "Dockerfile").write_text("FROM scratch\nLABEL a=b\n", encoding="utf-8")
    seen.append(digest())
    assert len(set(seen)) == 4


def test_a_recipe_built_from_itself_is_refused(tmp_path: Path) -> None:
    recipe(tmp_path / "one", "one:1", dockerfile="FROM two:1\n")
    recipe(tmp_path / "two", "two:1", dockerfile="FROM one:1\n")
    recipes = Recipes(tmp_path)
    with pytest.raises(SeatrialsError, match="built from itself"):
        recipes.digest(read(tmp_path / "one"))
