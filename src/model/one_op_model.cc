#include "model/one_op_model.h"

namespace nputwin {

OneOpModel::OneOpModel(std::string_view op) {
  model_.path = std::string(op);
  model_.graphs.resize(1);
  graph().nodes.resize(1);
  node().op = op;
}

void OneOpModel::input(const TensorSpec& spec) {
  node().inputs.push_back(tensor(spec));
  graph().inputs.push_back(node().inputs.back());
}

void OneOpModel::constant(const TensorSpec& spec, Bytes values) {
  node().inputs.push_back(tensor(spec));
  model_.storage.push_back(std::make_shared<Blob>(values));
  graph().tensors.back().constant = model_.storage.back()->bytes();
}

std::shared_ptr<const Model> OneOpModel::output(DType type, const Quantization& q) {
  node().outputs = graph().outputs = {tensor({"", type, {}, q})};
  return std::make_shared<const Model>(std::move(model_));
}

const TensorSpec& OneOpModel::input_spec(std::size_t k) { return graph().spec(node().inputs[k]); }

int OneOpModel::tensor(const TensorSpec& spec) {
  ModelTensor& t = graph().tensors.emplace_back();
  const int index = static_cast<int>(graph().tensors.size()) - 1;
  t.spec = spec;
  if (t.spec.name.empty()) t.spec.name = fmt::format("t{}", index);
  return index;
}

}  // namespace nputwin
