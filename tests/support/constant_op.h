#pragma once

#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test {

/// A tensor of a model: constants alone have values.
template <typename T>
struct Values {
  Shape shape;
  std::vector<T> values;
  float scale = 0;
  std::int32_t zero = 0;
};

/// One op whose inputs are constants; `outs` says the outputs' types and quantization. A session that refuses or fails
/// gives its error.
class OneOp {
 public:
  explicit OneOp(std::string op) : op_(std::move(op)) {}

  template <typename T>
  OneOp& in(const Values<T>& v) {
    Quantization q;
    if (v.scale != 0) q = {{v.scale}, {v.zero}, 0};
    inputs_.push_back(b_.constant<T>("c", v.shape, v.values, q));
    return *this;
  }
  OneOp& out(DType type, float scale = 0, std::int32_t zero = 0) {
    outputs_.push_back(b_.tensor("y", type, {}, scale, zero));
    return *this;
  }
  OneOp& with(Attributes attributes) {
    attributes_ = std::move(attributes);
    return *this;
  }

  Result<Session> session(const char* profile) {
    b_.op(op_, inputs_, outputs_, attributes_);
    b_.outputs(outputs_);
    return Session::prepare(b_.read(), find_profile(profile).value(), {});
  }

  template <typename T>
  std::vector<T> run(const char* profile = "litert-2.3-x86-builtin", std::size_t output = 0) {
    auto s = session(profile);
    if (!s) {
      ADD_FAILURE() << s.error().message;
      return {};
    }
    const Status done = s->run();
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    const auto values = s->output(output).template as<T>();
    return {values.begin(), values.end()};
  }

  /// Why it is refused, or does not run to its end.
  std::string refusal(const char* profile) {
    auto s = session(profile);
    if (!s) return s.error().message;
    const Status done = s->run();
    return done ? "" : done.error().message;
  }

 private:
  std::string op_;
  ModelBuilder b_;
  std::vector<int> inputs_, outputs_;
  Attributes attributes_;
};

}  // namespace nputwin::test
