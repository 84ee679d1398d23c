#include <nputwin/nputwin.h>

#include <algorithm>

#include "io/tflite/reader.h"
#include "profile/variant.h"
#include "session/session.h"

namespace nputwin {
namespace {

template <typename T>
T value_or_throw(Result<T> result) {
  if (!result) throw Failure(result.error().message);
  return std::move(*result);
}

TensorInfo describe(const TensorSpec& spec) {
  TensorInfo info{spec.name, std::string(name(spec.type)), spec.shape, 0, 0, spec.bytes()};
  if (spec.quantization.per_tensor()) {
    info.scale = spec.scale();
    info.zero_point = spec.zero_point();
  }
  return info;
}

Session prepare(const std::string& model_path, const std::string& profile, const TwinOptions& options) {
  SessionOptions session;
  session.isa = value_or_throw(find_isa(options.isa));
  session.threads = options.threads;
  return value_or_throw(
      Session::prepare(value_or_throw(read_tflite(model_path)), value_or_throw(resolve_profile(profile)), session));
}

}  // namespace

struct Twin::Impl {
  Session session;
};

Twin::Twin(const std::string& model_path, const std::string& profile, const TwinOptions& options)
    : impl_(std::make_unique<Impl>(Impl{prepare(model_path, profile, options)})) {}
Twin::Twin(Twin&&) noexcept = default;
Twin& Twin::operator=(Twin&&) noexcept = default;
Twin::~Twin() = default;

std::vector<TensorInfo> Twin::inputs() const {
  std::vector<TensorInfo> infos;
  infos.reserve(impl_->session.graph().inputs.size());
  for (std::size_t k = 0; k < impl_->session.graph().inputs.size(); ++k)
    infos.push_back(describe(impl_->session.input_spec(k)));
  return infos;
}

std::vector<TensorInfo> Twin::outputs() const {
  std::vector<TensorInfo> infos;
  infos.reserve(impl_->session.graph().outputs.size());
  for (std::size_t k = 0; k < impl_->session.graph().outputs.size(); ++k)
    infos.push_back(describe(*impl_->session.output(k).spec));
  return infos;
}

void Twin::set_input(std::size_t k, std::span<const std::byte> values) {
  if (k >= impl_->session.graph().inputs.size()) throw Failure(fmt::format("the model has no input {}", k));
  const auto status = impl_->session.set_input(k, {&impl_->session.input_spec(k), values});
  if (!status) throw Failure(status.error().message);
}

void Twin::run() {
  if (const auto status = impl_->session.run(); !status) throw Failure(status.error().message);
}

std::span<const std::byte> Twin::output(std::size_t k) const {
  if (k >= impl_->session.graph().outputs.size()) throw Failure(fmt::format("the model has no output {}", k));
  return impl_->session.output(k).bytes;
}

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const Profile& profile : builtin_profiles()) names.push_back(profile.name);
  return names;
}

}  // namespace nputwin
