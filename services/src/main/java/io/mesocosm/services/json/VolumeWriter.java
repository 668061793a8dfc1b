package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Volume;
import java.util.List;
import java.util.Locale;

/** Writes the volumes of apps (contracts/marathon-api.md §5). */
final class VolumeWriter {
  private VolumeWriter() {}

  static void write(List<Volume> volumes, ArrayNode into) {
    for (Volume volume : volumes) {
      switch (volume) {
        case Volume.Host host ->
            into.addObject()
                .put("containerPath", host.containerPath())
                .put("hostPath", host.hostPath())
                .put("mode", host.mode().name());
        case Volume.Persistent persistent -> write(persistent, into.addObject());
        case Volume.External external -> VolumeOptions.write(external, into.addObject());
        case Volume.SecretFile file ->
            into.addObject()
                .put("containerPath", file.containerPath())
                .put("secret", file.secret());
        case Volume.Ephemeral _ -> {
          // only pods have them
        }
      }
    }
  }

  private static void write(Volume.Persistent volume, ObjectNode into) {
    into.put("containerPath", volume.containerPath()).put("mode", volume.mode().name());
    ObjectNode persistent =
        into.putObject("persistent")
            .put("type", volume.type().name().toLowerCase(Locale.ROOT))
            .put("size", volume.size());
    volume.sizeMax().ifPresent(max -> persistent.put("maxSize", max));
    volume.profileName().ifPresent(name -> persistent.put("profileName", name));
    ArrayNode constraints = persistent.putArray("constraints");
    volume.constraints().forEach(one -> AppWriter.write(one, constraints.addArray()));
  }
}
