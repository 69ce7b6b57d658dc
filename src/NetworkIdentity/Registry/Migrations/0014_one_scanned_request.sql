-- The request of the QR code that a wallet fetched: the one of its sign-in, whichever codes were shown before and after.
ALTER TABLE sign_in ADD COLUMN scanned_request TEXT;
