/** What masters and agents both show their operators: metrics as text, the log level, the load. */
@NullMarked
package io.mesocosm.http.operator;

import org.jspecify.annotations.NullMarked;
