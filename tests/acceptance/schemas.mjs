// JSON Schemas as the documents of Agon have them (OpenAPI 3.1 and AsyncAPI 3 use the dialect 2020-12), made strict: what a
// document does not name is an error.
import {createRequire} from 'node:module';

/// For the modules of npm: those of `web/node_modules`, or of NODE_PATH.
export const need = createRequire(new URL('../../web/package.json', import.meta.url));

const Ajv = need('ajv/dist/2020.js');
const addFormats = need('ajv-formats');

/// The fields of a schema that hold schemas.
const LISTS = ['oneOf', 'anyOf', 'allOf', 'prefixItems'];
const MAPS = ['properties', '$defs', 'patternProperties', 'dependentSchemas'];
const SINGLE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames', 'unevaluatedProperties',
    'unevaluatedItems'];
const PREFIX = '#/components/schemas/';

const idOf = (name) => `agon:${name}`;
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/// A copy whose references lead to the schemas' own ids; with `closed`, an object has no fields but those that are named.
function prepared(schema, closed) {
    if (typeof schema !== 'object') return schema;
    const made = {...schema};
    for (const key of LISTS) if (made[key]) made[key] = made[key].map((one) => prepared(one, closed));
    for (const key of MAPS) if (made[key]) made[key] = mapped(made[key], (one) => prepared(one, closed));
    for (const key of SINGLE) if (made[key] !== undefined) made[key] = prepared(made[key], closed);
    if (made.$ref) {
        if (!made.$ref.startsWith(PREFIX)) throw new Error(`the reference ${made.$ref} leads nowhere`);
        made.$ref = idOf(made.$ref.slice(PREFIX.length));
    }
    if (closed && made.properties && made.additionalProperties === undefined) {
        if (made.allOf) throw new Error('a schema with allOf cannot be closed');
        made.additionalProperties = false;
    }
    return made;
}

/// `/players/0/name: must be string`
function sentence({instancePath, message, params}) {
    const more = params.additionalProperty ?? params.allowedValues?.join(', ');
    return `${instancePath || 'the whole'} ${message}${more === undefined ? '' : `: ${more}`}`;
}

export class Schemas {
    constructor(components, {closed = true, coerceTypes = false} = {}) {
        this.closed = closed;
        this.ajv = new Ajv({strict: true, strictRequired: true, strictTuples: true, allErrors: true, coerceTypes});
        addFormats(this.ajv);
        this.compiled = new Map();
        this.mistakes = [];
        for (const [name, schema] of Object.entries(components))
            this.attempt(name, () => this.ajv.addSchema({$id: idOf(name), ...prepared(schema, closed)}));
        for (const name of Object.keys(components)) this.attempt(name, () => this.ajv.getSchema(idOf(name)));
    }

    /// Each component must compile, strictly.
    attempt(name, action) {
        try {
            action();
        } catch (error) {
            this.mistakes.push(`the schema ${name} does not compile: ${error.message}`);
        }
    }

    /// What does not fit, as sentences; nothing where all does.
    check(schema, value) {
        let validate = this.compiled.get(schema);
        try {
            if (!validate) this.compiled.set(schema, (validate = this.ajv.compile(prepared(schema, this.closed))));
        } catch (error) {
            return [`the schema does not compile: ${error.message}`];
        }
        return validate(value) ? [] : [...new Set(validate.errors.map(sentence))];
    }
}
