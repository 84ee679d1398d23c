// nputwin cut: parts of a model as models of their own.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli.h"
#include "io/tflite/edit.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  FormatArgument format;
  std::string folder, layers, layer;
  bool every_layer = false;
};

/// A model to be written: what is cut and the file's name.
struct Part {
  std::string file;
  Cut cut;
};

std::vector<Part> every_prefix(const Graph& graph) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Cut cut = prefix_of(graph, i);
    if (cut.outputs.empty()) {
      fmt::print(stderr, "{}: has no output to end a model with, no file\n", node_name(i, graph.nodes[i]));
      continue;
    }
    parts.push_back({fmt::format("prefix_{:03}_{}.tflite", i, graph.nodes[i].op), std::move(cut)});
  }
  return parts;
}

Result<std::vector<Part>> parts_of(const Arguments& a, const Graph& graph) {
  if (a.every_layer) return every_prefix(graph);
  std::size_t first = 0, last = 0;
  if (!a.layer.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(first, find_layer(graph, a.layer));
    last = first;
  } else {
    const std::size_t colon = a.layers.find(':');
    if (colon == std::string::npos) return error("--layers '{}': expected FIRST:LAST, as in 3:7", a.layers);
    NPUTWIN_ASSIGN_OR_RETURN(first, find_layer(graph, a.layers.substr(0, colon)));
    NPUTWIN_ASSIGN_OR_RETURN(last, find_layer(graph, a.layers.substr(colon + 1)));
    if (first > last) return error("--layers '{}': op {} comes after op {}", a.layers, first, last);
  }
  Cut cut = part_of(graph, first, last);
  if (cut.outputs.empty()) return error("ops {} to {} have no output to end a model with", first, last);
  std::string file = first == last ? fmt::format("layer_{:03}_{}.tflite", first, graph.nodes[first].op)
                                   : fmt::format("layers_{:03}-{:03}.tflite", first, last);
  return std::vector<Part>{{std::move(file), std::move(cut)}};
}

nlohmann::ordered_json tensors_json(const Graph& graph, const std::vector<int>& tensors) {
  auto json = nlohmann::ordered_json::array();
  for (const int t : tensors) {
    const TensorSpec& spec = graph.tensors[static_cast<std::size_t>(t)].spec;
    json.push_back({{"tensor", t}, {"name", spec.name}, {"dtype", name(spec.type)}, {"shape", spec.shape}});
  }
  return json;
}

std::string tensors_text(const Graph& graph, const std::vector<int>& tensors) {
  std::string text;
  for (const int t : tensors) {
    const TensorSpec& spec = graph.tensors[static_cast<std::size_t>(t)].spec;
    text += fmt::format("{}'{}' {} {}", text.empty() ? "" : ", ", spec.name, name(spec.type), to_string(spec.shape));
  }
  return text;
}

Result<Exit> run(const Arguments& a) {
  if (int{a.every_layer} + int{!a.layers.empty()} + int{!a.layer.empty()} != 1)
    return error("expected one of --every-layer, --layers and --layer");
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, a.model.read());
  const Graph& graph = model->main();
  NPUTWIN_ASSIGN_OR_RETURN(const std::vector<Part> parts, parts_of(a, graph));
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(a.model.path));
  NPUTWIN_RETURN_IF_ERROR(make_folder(a.folder));
  listen_for_interrupts();
  Progress progress("cut");
  auto json = nlohmann::ordered_json::array();
  std::string text;
  std::size_t done = 0;
  for (; done < parts.size() && !interrupted(); ++done) {
    const auto& [name, cut] = parts[done];
    const std::string path = (std::filesystem::path(a.folder) / name).string();
    NPUTWIN_ASSIGN_OR_RETURN(const auto bytes, cut_file(file->bytes(), cut));
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(path, bytes));
    json.push_back({{"file", path},
                    {"ops", cut.nodes},
                    {"inputs", tensors_json(graph, cut.inputs)},
                    {"outputs", tensors_json(graph, cut.outputs)}});
    text += fmt::format("{}: {} op{}; {} -> {}\n", path, cut.nodes.size(), cut.nodes.size() == 1 ? "" : "s",
                        tensors_text(graph, cut.inputs), tensors_text(graph, cut.outputs));
    progress.at(done + 1, parts.size());
  }
  fmt::print("{}", a.format.format == "json" ? json.dump(1) + "\n" : text);
  if (done == parts.size()) return Exit::kSame;
  return error("interrupted: {} of {} files are written, each whole", done, parts.size());
}

}  // namespace

void add_cut_command(Command root) {
  Command command = root.verb("cut", "Write parts of a model as models of their own");
  command.footer(
      "--every-layer: for each op the model that ends with its outputs, holding the ops that these rest on; "
      "for a chain "
      "of 20 ops the 20 models of which each is one op longer.\n"
      "--layers and --layer: what the part reads of others becomes its inputs. Variables begin with their "
      "first values.\n"
      "Tensors keep their indices and names. Signatures and metadata, which describe the whole model, are "
      "left out.");
  auto a = std::make_shared<Arguments>();
  a->model.add(command);
  command.option("--output,-o", a->folder, "The folder to write to; it is made where there is none").required();
  command.flag("--every-layer", a->every_layer, "One model for each op, from the model's inputs to there");
  command.option("--layers", a->layers, "FIRST:LAST: the ops from FIRST to LAST, both included");
  command.option("--layer", a->layer, "One op, by its index or the name of its output");
  a->format.add(command, {"text", "json"});
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
