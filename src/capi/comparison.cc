// Comparisons, sample by sample.

#include "analysis/compare/diff.h"
#include "api/part.h"
#include "capi/handles.h"
#include "io/json.h"
#include "report/diff_json.h"

struct nputwin_comparison {
  nputwin_context* context;
  nputwin::Sides sides;
  std::unique_ptr<nputwin::Diff> diff;  // of the sides
  nputwin::SessionOptions options;
  std::size_t samples = 0;
  bool failed = false;  // within a sample
  std::string json;
};

namespace nputwin::capi {
namespace {

Status make(nputwin_context* context, const nputwin_model* model, const char* a, const char* b,
            const nputwin_option* options, std::size_t option_count, nputwin_comparison** comparison) {
  NPUTWIN_RETURN_IF_ERROR(check_given(comparison, "comparison"));
  *comparison = nullptr;
  NPUTWIN_RETURN_IF_ERROR(check_given(model, "model"));
  NPUTWIN_RETURN_IF_ERROR(check_given(a, "a"));
  NPUTWIN_RETURN_IF_ERROR(check_given(b, "b"));
  bool keep = false;
  SideOptions side_options;
  NPUTWIN_ASSIGN_OR_RETURN(side_options.session, session_options(options, option_count, keep));
  if (keep) return error("option keep=yes: a comparison keeps no tensors; nputwin_comparison_watch shows them");
  NPUTWIN_ASSIGN_OR_RETURN(Sides sides, api::open_part(model->model, a, b, side_options, "", callbacks_of(*context)));
  auto made = std::make_unique<nputwin_comparison>(
      nputwin_comparison{context, std::move(sides), nullptr, side_options.session, 0, false, {}});
  made->diff = std::make_unique<Diff>(made->sides);
  *comparison = made.release();
  return {};
}

Status add(nputwin_comparison& comparison, const nputwin_array* arrays, std::size_t array_count) {
  if (array_count > 0) NPUTWIN_RETURN_IF_ERROR(check_given(arrays, "arrays"));
  if (comparison.failed) return error("an earlier sample failed in the middle: the result is of no use any more");
  std::vector<InputArgument> arguments;
  for (std::size_t k = 0; k < array_count; ++k) {
    NPUTWIN_ASSIGN_OR_RETURN(auto array, array_of(element_of(arrays, k)));
    arguments.emplace_back(fmt::format("array {}", k), std::move(array));
  }
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, sample_for(comparison.sides, comparison.samples, arguments,
                                                           comparison.options, callbacks_of(*comparison.context)));
  comparison.failed = true;
  NPUTWIN_RETURN_IF_ERROR(comparison.diff->add(comparison.samples, sample));
  comparison.failed = false;
  ++comparison.samples;
  return {};
}

}  // namespace
}  // namespace nputwin::capi

using namespace nputwin;
using namespace nputwin::capi;

extern "C" {

nputwin_status nputwin_comparison_new(nputwin_context* context, const nputwin_model* model, const char* a,
                                      const char* b, const nputwin_option* options, size_t option_count,
                                      nputwin_comparison** comparison) {
  return guarded(context, [&] { return make(context, model, a, b, options, option_count, comparison); });
}

void nputwin_comparison_free(nputwin_comparison* comparison) { delete comparison; }

nputwin_status nputwin_comparison_watch(nputwin_comparison* comparison, nputwin_pair_function function, void* user) {
  if (comparison == nullptr) return NPUTWIN_FAILED;
  return guarded(comparison->context, [&]() -> Status {
    comparison->diff->watch_values({});
    if (function == nullptr) return {};
    comparison->diff->watch_values([function, user](int tensor, const TensorView& a, const TensorView& b) {
      nputwin_tensor of_a{}, of_b{};
      of_a.struct_size = of_b.struct_size = sizeof of_a;
      if (give(*a.spec, tensor, a.bytes, &of_a) && give(*b.spec, tensor, b.bytes, &of_b)) function(user, &of_a, &of_b);
    });
    return {};
  });
}

nputwin_status nputwin_comparison_add(nputwin_comparison* comparison, const nputwin_array* arrays, size_t array_count) {
  if (comparison == nullptr) return NPUTWIN_FAILED;
  return guarded(comparison->context, [&] { return add(*comparison, arrays, array_count); });
}

const char* nputwin_comparison_json(nputwin_comparison* comparison) {
  if (comparison == nullptr) return nullptr;
  const auto status = guarded(comparison->context, [&]() -> Status {
    if (comparison->failed) return error("a sample failed in the middle: the result is of no use any more");
    if (comparison->samples == 0) return error("no sample was added: nothing was compared");
    comparison->json = to_line(report::diff_object(comparison->diff->result()));
    return {};
  });
  return status == NPUTWIN_OK ? comparison->json.c_str() : nullptr;
}

}  // extern "C"
