package io.mesocosm.protocol;

import io.mesocosm.model.resource.Labels;
import java.util.Optional;
import org.apache.mesos.v1.Protos;

/**
 * Between labels on the wire and in the model. No labels and an empty list of them are the same.
 */
final class LabelMapping {
  private LabelMapping() {}

  static Labels toModel(Protos.Labels labels) {
    return labels.getLabelsCount() == 0
        ? Labels.NONE
        : new Labels(
            labels.getLabelsList().stream()
                .map(label ->
                    new Labels.Label(
                        label.getKey(),
                        label.hasValue() ? Optional.of(label.getValue()) : Optional.empty()))
                .toList());
  }

  static Protos.Labels toProto(Labels labels) {
    Protos.Labels.Builder message = Protos.Labels.newBuilder();
    for (Labels.Label label : labels.labels()) {
      Protos.Label.Builder one = message.addLabelsBuilder().setKey(label.key());
      label.value().ifPresent(one::setValue);
    }
    return message.build();
  }
}
