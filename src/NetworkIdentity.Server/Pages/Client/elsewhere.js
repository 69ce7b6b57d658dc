// The page of accounts elsewhere: a wallet for chains in this browser, where there is one, names the account and signs the text [EIP-1193 §request]. Without one, both are typed.
const wallet = globalThis.ethereum;

if (typeof wallet?.request === 'function') {
  offer('name', async () => {
    const [address] = await wallet.request({ method: 'eth_requestAccounts' });
    const chain = BigInt(await wallet.request({ method: 'eth_chainId' }));
    send('account', `eip155:${chain}:${address}`);
  });
  offer('sign', async () => {
    const text = document.getElementById('message').value;
    const address = document.querySelector('#bind input[name="account"]').value.split(':')[2];
    send('signature', await wallet.request({ method: 'personal_sign', params: [hex(new TextEncoder().encode(text)), address] }));
  });
}

/** Shows a button, and says beside it where the wallet did not do what it asks. */
function offer(name, act) {
  const button = document.querySelector(`button[data-wallet="${name}"]`);
  if (!button) return;
  const error = document.querySelector('[data-wallet-error]');
  button.hidden = false;
  button.closest('.steps').hidden = false;
  button.addEventListener('click', async () => {
    error.hidden = true;
    button.disabled = true;
    try {
      await act();
    } catch (problem) {
      error.textContent = `The wallet did not do it: ${problem?.message ?? 'it did not say why'}`;
      error.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

/** Fills in a field, and sends its form. */
function send(id, value) {
  const field = document.getElementById(id);
  field.value = value;
  field.form.requestSubmit();
}

function hex(bytes) {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
