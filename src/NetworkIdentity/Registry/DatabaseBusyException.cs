namespace NetworkIdentity.Registry;

/// <summary>More acts wait for the database than it can take in good time; this one was not taken, and may be tried again.</summary>
public sealed class DatabaseBusyException() : Exception("too many acts wait for the database");
