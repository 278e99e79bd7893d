// Calls to the simulator's user API.
async function unpack(answer) {
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.error ?? `${answer.status} ${answer.statusText}`);
}

export async function read(path) {
  return unpack(await fetch(path));
}

export async function act(person, action, body = {}) {
  return post(`/sim/chats/${person}/${action}`, body);
}

export async function post(path, body) {
  const form = body instanceof FormData;
  return unpack(await fetch(path, {
    method: "POST",
    headers: form ? {} : { "content-type": "application/json" },
    body: form ? body : JSON.stringify(body),
  }));
}
