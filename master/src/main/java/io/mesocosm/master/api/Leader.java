package io.mesocosm.master.api;

import org.apache.mesos.v1.Protos.MasterInfo;

/** Who leads the cluster, as far as one master knows. */
public sealed interface Leader {
  /** Nobody does, or it cannot be known now. */
  record Unknown() implements Leader {}

  /** Another master does. */
  record Elsewhere(MasterInfo info) implements Leader {}

  /** This very master does, or will as soon as it has read the registry. */
  record Here() implements Leader {}
}
