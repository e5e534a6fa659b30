package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;

/** One node while its attributes are set; it joins the graph when its outputs are asked for. */
final class Node {

    private final Graph graph;
    private final NodeProto.Builder proto;

    Node(Graph graph, NodeProto.Builder proto) {
        this.graph = graph;
        this.proto = proto;
    }

    /** Sets an integer. */
    Node with(String attribute, long value) {
        return with(AttributeProto.newBuilder()
                .setName(attribute)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value));
    }

    /** Sets a float. */
    Node with(String attribute, float value) {
        return with(AttributeProto.newBuilder()
                .setName(attribute)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value));
    }

    /** Sets a list of integers. */
    Node with(String attribute, List<Long> values) {
        return with(AttributeProto.newBuilder()
                .setName(attribute)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(values));
    }

    /** Ends the node; gives the name of its only output, which is the node's own. */
    String output() {
        return outputs(proto.getName());
    }

    /** Ends the node with named outputs, empty for those that nobody reads; gives the first name. */
    String outputs(String... names) {
        graph.add(proto.addAllOutput(List.of(names)));
        return names[0];
    }

    private Node with(AttributeProto.Builder attribute) {
        proto.addAttribute(attribute);
        return this;
    }
}
