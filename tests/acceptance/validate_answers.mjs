// Holds recorded answers of a server (agon.py, `record`) against its OpenAPI document.
//
//     node validate_answers.mjs DOCUMENT ANSWERS [--complete]
//
// Every answer to an operation of the document must have a status that is documented for it, a media type and a body that are
// documented for that status, and no field that is not; a request that was taken must be one that the document allows. With
// --complete each operation must have been answered with each status that is documented for it. Status 1 where something does not fit, with a
// sentence for each on standard output. Answers to what is no operation (other paths, other methods) are passed over.
import {readFileSync} from 'node:fs';

import {Schemas} from './schemas.mjs';

const [documentFile, answersFile, ...flags] = process.argv.slice(2);
const document = JSON.parse(readFileSync(documentFile, 'utf8'));
const answers = readFileSync(answersFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));

const shown = new Schemas(document.components.schemas);
/// Requests may have fields that nobody knows; those in a query are texts at first.
const taken = new Schemas(document.components.schemas, {closed: false});
const queried = new Schemas(document.components.schemas, {coerceTypes: true});

const complaints = new Map();
function complain(sentence, where) {
    const known = complaints.get(sentence) ?? complaints.set(sentence, {times: 0, where}).get(sentence);
    ++known.times;
}

/// An object, or the one that its `$ref` leads to.
function resolved(object) {
    if (!object.$ref) return object;
    const found = object.$ref.slice(2).split('/').reduce((at, step) => at?.[step], document);
    if (!found) throw new Error(`the reference ${object.$ref} leads nowhere`);
    return found;
}

// --- operations

class Operation {
    constructor(method, path, description) {
        this.name = `${method} ${path}`;
        this.method = method;
        this.steps = path.split('/');
        this.fixed = this.steps.filter((step) => !step.startsWith('{')).length;
        this.body = description.requestBody?.content['application/json'].schema;
        this.responses = new Map(Object.entries(description.responses).map(([status, r]) => [status, resolved(r)]));
        this.success = [...this.responses.keys()].find((status) => status.startsWith('2'));
        this.query = Operation.querySchema((description.parameters ?? []).map(resolved));
        this.answered = new Set();
    }

    static querySchema(parameters) {
        const inQuery = parameters.filter((p) => p.in === 'query');
        return {
            type: 'object',
            properties: Object.fromEntries(inQuery.map((p) => [p.name, p.schema])),
            required: inQuery.filter((p) => p.required).map((p) => p.name),
        };
    }

    fits(method, path) {
        const steps = path.split('/');
        return this.method === method && steps.length === this.steps.length &&
            this.steps.every((step, i) => step.startsWith('{') || step === steps[i]);
    }
}

const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => new Operation(method.toUpperCase(), path, one)))
    .sort((a, b) => b.fixed - a.fixed);  // of two that fit, the one with fewer parameters is meant

// --- judging

function parsed(text) {
    try {
        return {value: JSON.parse(text)};
    } catch {
        return {};
    }
}

function judgeBody(answer, response, say) {
    const content = response.content ?? {};
    const types = Object.keys(content);
    if (types.length === 0) {
        if (answer.body !== '') say('the document shows no body, the answer has one');
        return;
    }
    const type = answer.type?.split(';')[0].trim();
    if (!types.includes(type)) return say(`the media type is ${type}, the document has ${types.join(', ')}`);
    const json = type === 'application/json' ? parsed(answer.body) : {value: answer.body};
    if (!('value' in json)) return say('the body is no JSON');
    for (const mistake of shown.check(content[type].schema, json.value)) say(mistake);
}

function judgeRequest(answer, operation, query, say) {
    for (const mistake of queried.check(operation.query, Object.fromEntries(new URLSearchParams(query))))
        say(`the query was taken, but ${mistake}`);
    // No body is an empty one.
    const body = answer.sent ? parsed(answer.sent).value : {};
    if (operation.body)
        for (const mistake of taken.check(operation.body, body)) say(`the request's body was taken, but ${mistake}`);
}

function judge(answer) {
    const [path, query = ''] = answer.path.split('?');
    const operation = operations.find((one) => one.fits(answer.method, path));
    if (!operation) return false;
    const status = String(answer.status);
    const say = (what) => complain(`${operation.name}, ${status}: ${what.replaceAll(/\/\d+(?=[/ ])/g, '/*')}`, answer);
    const response = operation.responses.get(status);
    operation.answered.add(status);
    if (!response)
        say(`the document has no such status, but ${[...operation.responses.keys()].join(', ')}`);
    else
        judgeBody(answer, response, say);
    if (status.startsWith('2')) judgeRequest(answer, operation, query, say);
    return true;
}

for (const mistake of shown.mistakes) complain(mistake);
const judged = answers.filter(judge).length;
if (flags.includes('--complete'))
    for (const operation of operations)
        for (const status of operation.responses.keys())
            if (!operation.answered.has(status)) complain(`${operation.name}: never answered with ${status}`);

for (const [sentence, {times, where}] of complaints) {
    console.log(sentence + (times > 1 ? ` (${times} times)` : ''));
    if (where) console.log(`    as in ${where.method} ${where.path.slice(0, 200)} → ${where.body.slice(0, 500)}`);
}
console.log(`${judged} answers to ${operations.filter((one) => one.answered.has(one.success)).length} of ${operations.length} operations, ` +
    `${answers.length - judged} others; ${complaints.size} complaints`);
process.exitCode = complaints.size > 0 ? 1 : 0;
