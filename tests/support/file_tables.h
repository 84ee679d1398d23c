#pragma once

#include <memory>
#include <string>

#include "schema/tflite_generated.h"

namespace nputwin::test {

/// The tables of a .tflite file, to be changed into what no writer writes.
class FileTables {
 public:
  explicit FileTables(const std::string& file) : model_(schema::GetModel(file.data())->UnPack()) {}

  [[nodiscard]] schema::ModelT& model() { return *model_; }
  [[nodiscard]] schema::SubGraphT& graph() { return *model_->subgraphs[0]; }

  [[nodiscard]] std::string bytes() const {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(schema::Model::Pack(builder, model_.get()), schema::ModelIdentifier());
    return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
  }

 private:
  std::unique_ptr<schema::ModelT> model_;
};

}  // namespace nputwin::test
