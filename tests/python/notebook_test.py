"""The notebooks run from the first cell to the last, and come to what their text says."""
import json
import os

import pytest
from conftest import ROOT

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
FOLDER = os.path.join(ROOT, "examples", "notebooks")


def executed(name, end):
    """Runs a notebook, and behind it a cell that prints an expression as JSON. Gives all cells and that value."""
    with open(os.path.join(FOLDER, name)) as f:
        notebook = nbformat.read(f, as_version=4)
    nbformat.validate(notebook)
    assert all(cell.get("outputs", []) == [] and cell.get("execution_count") is None for cell in notebook.cells), "outputs are not kept"
    notebook.cells.append(nbformat.v4.new_code_cell(f"import json; print(json.dumps({end}))"))
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook.cells, json.loads(notebook.cells[-1].outputs[0].text)


def test_from_mismatch_to_fixed_model():
    cells, numbers = executed("from_mismatch_to_fixed_model.ipynb", """{
        "differing": differing, "farthest": farthest, "meaning": found.outputs[0].meaning, "cause": explanation.cause,
        "steps": [explanation.a.code, explanation.b.code], "near": nearest.builds[0].profiles, "near_differs": nearest.builds[0].outputs[0].mismatches,
        "equal": hardened.equal, "proven": proof.equal, "loss": price.median_loss_db, "still_differing": still_differing}""")
    assert numbers["differing"] == pytest.approx(684 / 1280) and numbers["farthest"] == pytest.approx(0.0033, abs=1e-4)
    assert "0.0033 at most" in numbers["meaning"] and numbers["cause"] == "second rounding" and numbers["steps"] == [-78, -79]
    assert "litert-2.1-arm64" in numbers["near"] and numbers["near_differs"] == 0
    assert numbers["equal"] and numbers["proven"] and numbers["still_differing"] == 0 and 0 < numbers["loss"] < 0.5
    tables = [output for cell in cells for output in cell.get("outputs", []) if "text/html" in output.get("data", {})]
    assert len(tables) == 5  # of pandas, and of results
