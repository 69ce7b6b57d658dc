-- Where a sign-in was begun: the family of the browser and of its system, in fixed words, for the person on the wallet's device.
ALTER TABLE sign_in ADD COLUMN begun_on TEXT;
