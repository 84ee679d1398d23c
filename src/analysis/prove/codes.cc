#include "analysis/prove/codes.h"

#include <algorithm>

#include "tensor/code_types.h"

namespace nputwin {

Codes Codes::of_constant(const TensorView& values) {
  Codes codes;
  with_code_type(values.spec->type, [&](auto code) {
    const auto typed = values.as<decltype(code)>();
    codes.constant.assign(typed.begin(), typed.end());
  });
  const auto [least, most] = std::ranges::minmax(codes.constant);
  codes.range = {least, most};
  return codes;
}

std::vector<Codes> codes_of_tensors(const Session& a, const Session& b) {
  std::vector<Codes> all(a.graph().tensors.size());
  for (std::size_t t = 0; t < all.size(); ++t) {
    const TensorSpec& spec = a.preparation().specs()[t];
    all[t] = Codes::of_type(spec.type);
    all[t].tensor = static_cast<int>(t);
    if (!is_constant(a, b, t) || !has_codes(spec.type) || spec.elements() == 0) continue;
    all[t] = Codes::of_constant({&spec, *a.preparation().constant(t)});
    all[t].tensor = static_cast<int>(t);
  }
  return all;
}

bool is_constant(const Session& a, const Session& b, std::size_t tensor) {
  const auto &of_a = a.preparation().constant(tensor), &of_b = b.preparation().constant(tensor);
  return of_a && of_b && !a.graph().tensors[tensor].variable && std::ranges::equal(*of_a, *of_b);
}

}  // namespace nputwin
