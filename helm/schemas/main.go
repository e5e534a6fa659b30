// Command schemas writes what kubeconform checks manifests against: Kubernetes' own kinds from its OpenAPI document, and
// custom resources from their definitions, both as their modules publish them.
//
//	schemas OUT swagger.json crd.yaml...
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

type object = map[string]any

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: schemas OUT swagger.json crd.yaml..."))
	}
	out := os.Args[1]
	fail(os.MkdirAll(out, 0o755))
	kubernetes(out, os.Args[2])
	for _, path := range os.Args[3:] {
		customResources(out, path)
	}
}

// kubernetes writes one file for all definitions, and one for each kind that points into it.
func kubernetes(out, path string) {
	var document struct {
		Definitions map[string]object `json:"definitions"`
	}
	text, err := os.ReadFile(path)
	fail(err)
	fail(json.Unmarshal(text, &document))
	for name, definition := range document.Definitions {
		closeObjects(definition)
		switch name {
		case "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
			document.Definitions[name] = object{"oneOf": []object{{"type": "string"}, {"type": "integer"}}}
		case "io.k8s.apimachinery.pkg.api.resource.Quantity":
			document.Definitions[name] = object{"oneOf": []object{{"type": "string"}, {"type": "number"}}}
		}
	}
	write(filepath.Join(out, "_definitions.json"), object{"definitions": document.Definitions})
	for name, definition := range document.Definitions {
		kinds, _ := definition["x-kubernetes-group-version-kind"].([]any)
		for _, each := range kinds {
			kind := each.(object)
			write(file(out, kind["kind"].(string), kind["group"].(string), kind["version"].(string)),
				object{"$ref": "_definitions.json#/definitions/" + name})
		}
	}
}

func customResources(out, path string) {
	text, err := os.ReadFile(path)
	fail(err)
	for _, part := range strings.Split(string(text), "\n---") {
		var definition struct {
			Kind string
			Spec struct {
				Group    string
				Names    struct{ Kind string }
				Versions []struct {
					Name   string
					Schema struct {
						OpenAPIV3Schema object `json:"openAPIV3Schema"`
					}
				}
			}
		}
		fail(yaml.Unmarshal([]byte(part), &definition))
		if definition.Kind != "CustomResourceDefinition" {
			continue
		}
		for _, version := range definition.Spec.Versions {
			schema := version.Schema.OpenAPIV3Schema
			closeObjects(schema)
			write(file(out, definition.Spec.Names.Kind, definition.Spec.Group, version.Name), schema)
		}
	}
}

// closeObjects refuses members that a schema does not name, as the API server's strict validation does.
func closeObjects(node any) {
	switch at := node.(type) {
	case object:
		_, named := at["properties"].(object)
		_, open := at["additionalProperties"]
		if named && !open && at["x-kubernetes-preserve-unknown-fields"] != true {
			at["additionalProperties"] = false
		}
		if at["x-kubernetes-int-or-string"] == true {
			delete(at, "type")
			at["oneOf"] = []object{{"type": "string"}, {"type": "integer"}}
		}
		delete(at, "format")
		for _, child := range at {
			closeObjects(child)
		}
	case []any:
		for _, child := range at {
			closeObjects(child)
		}
	}
}

// file is where kubeconform looks with the template {{.ResourceKind}}{{.KindSuffix}}.json.
func file(out, kind, group, version string) string {
	name := strings.ToLower(kind)
	if group != "" {
		name += "-" + strings.Split(group, ".")[0]
	}
	return filepath.Join(out, name+"-"+version+".json")
}

func write(path string, schema any) {
	text, err := json.Marshal(schema)
	fail(err)
	fail(os.WriteFile(path, text, 0o644))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemas:", err)
		os.Exit(1)
	}
}
