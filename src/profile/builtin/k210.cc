#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile k210() {
  Profile p;
  p.name = "k210";
  p.summary = "Kendryte K210's KPU with a model compiled by nncase 0.2";

  // acc*m >> s, floored, + bias; then one of 16 lines: (y - start)*m' >> s', to even with the sign as carry. Which
  // lines and scales, nncase fits to the model's numbers.
  leave_unknown(p,
                "the core floors acc*m/2^s and follows 16 fitted lines (nncase v0.2.0 k210_kernels.h); nncase "
                "makes weights numbers and quantizes them anew, so a TFLite file does not determine the integers");
  know_movement(p);
  return p;
}

}  // namespace nputwin
