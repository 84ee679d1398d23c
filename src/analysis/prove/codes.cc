#include "analysis/prove/codes.h"

#include "tensor/code_types.h"

namespace nputwin {

std::vector<Codes> codes_of_tensors(const Session& session) {
  std::vector<Codes> all(session.graph().tensors.size());
  for (std::size_t t = 0; t < all.size(); ++t) {
    const TensorSpec& spec = session.preparation().specs()[t];
    all[t] = Codes::of_type(spec.type);
    all[t].tensor = static_cast<int>(t);
    if (!is_constant(session, t) || !has_codes(spec.type) || spec.elements() == 0) continue;
    with_code_type(spec.type, [&](auto code) {
      const auto values = TensorView{&spec, *session.preparation().constant(t)}.as<decltype(code)>();
      all[t].constant.assign(values.begin(), values.end());
    });
    const auto [least, most] = std::ranges::minmax(all[t].constant);
    all[t].range = {least, most};
  }
  return all;
}

bool is_constant(const Session& session, std::size_t tensor) {
  return session.preparation().constant(tensor) && !session.graph().tensors[tensor].variable;
}

}  // namespace nputwin
