"""`animator new`: the scene that it writes runs; nothing is written over."""

from animator.design import scene_files
from tests.running import run as typed


def test_a_new_scene_runs_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert typed(capsys, "new", "my-film").out == "my-film.py  render it with: animator render my-film.py\n"
    scene = scene_files.find("my-film.py")
    assert scene.description == "My film: say here what the film shows."
    assert [p.name for p in scene.parameters] == ["learning_rate", "width", "epochs", "seed"]
    done = typed(capsys, "render", "my-film.py", "epochs=2", "-o", "a.png", "--quality", "draft")
    assert done.code == 0, done.err
    assert (tmp_path / "a.png").stat().st_size > 15_000


def test_nothing_is_written_over(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("mine")
    done = typed(capsys, "new", "mine")
    assert done.code == 2
    assert done.err == (
        "animator: 'mine.py' exists, and nothing is written over it. Choose another name, or remove it "
        "first.\n"
    )
    assert (tmp_path / "mine.py").read_text() == "mine"
    done = typed(capsys, "new", "4 films")
    assert done.err == (
        "animator: '4 films' is no name for a scene: use letters, digits, - and _, and begin with a letter. "
        "Type for example: animator new my-film.\n"
    )


def test_a_bundled_scene_is_copied_to_be_changed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert typed(capsys, "new", "mine", "--from", "ravine").code == 0
    bundled = scene_files.bundled("ravine")
    assert (tmp_path / "mine.py").read_text() == bundled.path.read_text()
    found = scene_files.find("mine.py")
    assert [p.describe() for p in found.parameters] == [p.describe() for p in bundled.parameters]
    done = typed(capsys, "new", "other", "--from", "ravin")
    assert done.err.startswith("animator: No scene is called 'ravin'. Did you mean 'ravine'?")
    assert not (tmp_path / "other.py").exists()
