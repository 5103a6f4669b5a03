"""Examples below the help of each command, as typed."""

EXAMPLES = {
    "render": (
        "animator render neuron learning_rate=1.5 -o fast.mp4 -o fast.gif",
        'animator render ravine --title "Why momentum helps" --seconds 15 --layout surface',
        'animator render run.h5 --plane pca --slice static --from step:20 --hold 42 "Here it turns"',
        "animator render optimizers --for phone",
    ),
    "record": (
        "animator record neuron -o run.h5",
        "animator record --from checkpoints 'ckpt/*.keras' --data data.npz -o run.h5",
    ),
    "sweep": (
        "animator sweep neuron learning_rate=0.1,0.5,1.5 --jobs 2",
        "animator sweep neuron 'learning_rate=geomspace(0.01,10,5)' 'seed=range(0,3)' --dry-run",
    ),
    "gallery": ("animator gallery output/neuron-sweep",),
    "info": ("animator info film.mp4", "animator info run.h5 --json"),
    "scenes": ("animator scenes",),
    "verify": ("animator verify",),
    "new": ("animator new my-film", "animator new my-ravine --from ravine"),
    "slides": ("animator slides a.mp4 b.gif -o deck.pptx",),
    "page": ("animator page a.mp4 b.gif -o index.html", "animator page a.mp4 -o site --no-command"),
    "player": ("animator player neuron -o neuron.html", "animator player run.h5 --style light"),
}


def below(command: str) -> str:
    """What stands below the help of `command`: its lines are kept as they are."""
    lines = EXAMPLES[command]
    return "\n".join(["\b", "Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)])
