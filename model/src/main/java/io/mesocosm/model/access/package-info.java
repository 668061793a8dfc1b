/**
 * Who may do what: principals, the actions of the cluster, and Mesos's access control lists. Pure
 * values, used inside cores.
 */
@NullMarked
package io.mesocosm.model.access;

import org.jspecify.annotations.NullMarked;
