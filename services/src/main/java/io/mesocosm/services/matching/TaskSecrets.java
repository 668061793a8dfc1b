package io.mesocosm.services.matching;

import java.util.SortedMap;
import org.apache.mesos.v1.Protos.Secret;

/** Makes references to secrets, which agents resolve: their values never come here. */
final class TaskSecrets {
  private TaskSecrets() {}

  /**
   * @param sources of the definition's secrets by their names in it
   */
  static Secret reference(SortedMap<String, String> sources, String name) {
    Secret.Builder secret = Secret.newBuilder().setType(Secret.Type.REFERENCE);
    secret.getReferenceBuilder().setName(sources.getOrDefault(name, name));
    return secret.build();
  }
}
