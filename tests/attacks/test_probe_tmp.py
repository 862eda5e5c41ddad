from siege import *
from orchestrator.engine.advance import advance
import time, pytest
S1 = r'''
def attempt(act, *rest):
    try: act(*rest)
    except OSError as exc: print(rest[0], exc.strerror)
lay("text.md", "fine words")
for path in said["paths"]: attempt(lay, path)
'''
PATHS = ["../x", "/tmp/attack-x", ".git/hooks/post-commit", ".GIT/config", "git~1/config", ".g\u200bit/config", "a\u202etxt.md", "line\nbreak.md", "nel\u0085.md", "csi\x9b.md","alm\u061c.md", "filler\u3164.md", "approvals/x", "../workspace/jobs/other/text.md", "STATE.YAML", "orchestrator.yaml", "../workspace/orchestrator.yaml", "d/"+ "/".join(["x"*200]*8)]
@pytest.mark.parametrize("writes", [["text.md"], ["text.md", "out/**"]])
@pytest.mark.parametrize("walls", EVERY[::2])
def test_a(besieged, walls, writes):
    s = besieged(walls)
    t=time.perf_counter()
    w = s.besiege(Attack(S1, told={"paths": PATHS if len(writes)==1 else ["out/"+p for p in PATHS if not p.startswith(("../", "/"))]}, writes=writes))
    a = time.perf_counter()
    m = advance(w, "j")
    b = time.perf_counter()
    print(a-t, b-a)
    print(m.entry.subject, s.files(), s.trailer("Outcome"))
    print("\n".join(s.messages()))
    s.check_nothing_else_changed()
    print(time.perf_counter()-b)
    print(s.transcript().decode()[-600:])


@pytest.mark.parametrize("name", ["state.yaml/index.md", "pipeline.yaml/index.md", "brief.md/index.md", "CLAUDE.md/index.md", "keep.md/index.md"])
def test_b(besieged, name):
    s = besieged("bubblewrap")
    w = s.besiege(Attack("lay('text.md', 'fine words')\nif os.path.exists(os.path.dirname(said['p']) or 'zz'): os.unlink(os.path.dirname(said['p']))\nlay(said['p'])", told={"p": name}, writes=["text.md","*/index.md"]), files={"jobs/templates/t/keep.md": "kept"})
    m = advance(w, "j")
    print(m.entry.subject, s.files(), s.trailer("Outcome"))
    print(git(s.folder, "ls-tree", "-r", "job/j:jobs/j"))
    print("\n".join(s.messages()))
