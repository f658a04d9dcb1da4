/** What tests need that run inside the guest, a virtual machine with a cgroup v2 kernel: see {@code guest/README.md}. */
@NullMarked
package io.nbguard.guest;

import org.jspecify.annotations.NullMarked;
