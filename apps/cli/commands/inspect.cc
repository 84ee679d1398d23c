#include "cli.h"
namespace nputwin::cli {
void add_inspect_command(CLI::App&, Action&) {}
}
