/** TLS from PEM files, of servers and clients, that notices new files while it runs. */
@NullMarked
package io.mesocosm.http.tls;

import org.jspecify.annotations.NullMarked;
