// Models.

#include "capi/handles.h"
#include "io/json.h"

namespace nputwin::capi {
namespace {

Json tensor_json(const ModelTensor& tensor, std::size_t index) {
  const Quantization& q = tensor.spec.quantization;
  return {{"index", index},
          {"name", tensor.spec.name},
          {"type", tensor.unsupported.empty() ? Json(name(tensor.spec.type)) : Json(nullptr)},
          {"shape", tensor.spec.shape},
          {"shape_signature", tensor.shape_signature.empty() ? tensor.spec.shape : tensor.shape_signature},
          {"scale", q.scale},
          {"zero_point", q.zero_point},
          {"axis", q.axis},
          {"constant", tensor.constant.has_value() && !tensor.variable},
          {"variable", tensor.variable},
          {"unsupported", tensor.unsupported}};
}

Json op_json(const Node& node, std::size_t index) {
  return {
      {"index", index}, {"op", node.op}, {"custom", node.custom}, {"inputs", node.inputs}, {"outputs", node.outputs}};
}

Json model_json(const Model& model) {
  const Graph& graph = model.main();
  Json json{{"name", model.path}, {"description", model.description}};
  json["tensors"] = Json::array();
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) json["tensors"].push_back(tensor_json(graph.tensors[t], t));
  json["ops"] = Json::array();
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) json["ops"].push_back(op_json(graph.nodes[n], n));
  json["inputs"] = graph.inputs;
  json["outputs"] = graph.outputs;
  json["signatures"] = Json::object();
  for (const Signature& s : model.signatures)
    json["signatures"][s.key] = {{"inputs", s.inputs}, {"outputs", s.outputs}};
  json["subgraphs"] = model.graphs.size();
  return json;
}

Status open(nputwin_context* context, ModelFile file, nputwin_model** model) {
  NPUTWIN_RETURN_IF_ERROR(check_given(model, "model"));
  *model = nullptr;
  NPUTWIN_ASSIGN_OR_RETURN(file.bytes, file.read());
  NPUTWIN_ASSIGN_OR_RETURN(auto read, read_tflite(file));
  *model = new nputwin_model{context, std::move(file), std::move(read), {}};
  return {};
}

}  // namespace
}  // namespace nputwin::capi

using namespace nputwin;
using namespace nputwin::capi;

extern "C" {

nputwin_status nputwin_model_open(nputwin_context* context, const char* path, nputwin_model** model) {
  return guarded(context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_given(path, "path"));
    return open(context, path, model);
  });
}

nputwin_status nputwin_model_from_memory(nputwin_context* context, const void* bytes, size_t size, const char* name,
                                         nputwin_model** model) {
  return guarded(context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_given(bytes, "bytes"));
    NPUTWIN_RETURN_IF_ERROR(check_given(name, "name"));
    ModelFile file(name);
    file.bytes = std::make_shared<const Blob>(Bytes(static_cast<const std::byte*>(bytes), size));
    return open(context, std::move(file), model);
  });
}

void nputwin_model_free(nputwin_model* model) { delete model; }

const char* nputwin_model_json(nputwin_model* model) {
  if (model == nullptr) return nullptr;
  const auto status = guarded(model->context, [&]() -> Status {
    if (model->json.empty()) model->json = to_line(model_json(*model->model));
    return {};
  });
  return status == NPUTWIN_OK ? model->json.c_str() : nullptr;
}

}  // extern "C"
