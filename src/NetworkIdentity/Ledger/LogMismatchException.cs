namespace NetworkIdentity.Ledger;

/// <summary>What is stored of the public log does not fit together, or not with what it was: nothing may be added to it until that is understood.</summary>
public sealed class LogMismatchException(string message, Exception? cause = null) : Exception($"the public log: {message}", cause);
