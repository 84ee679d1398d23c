#include "cli.h"
namespace nputwin::cli {
void add_diff_command(CLI::App&, Action&) {}
}
