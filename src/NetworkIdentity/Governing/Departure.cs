using NetworkIdentity.Registry;

namespace NetworkIdentity.Governing;

/// <summary>Somebody left, as their own link shows it.</summary>
/// <param name="Row">What is kept of it.</param>
/// <param name="Since">When they joined; null where that is not known.</param>
/// <param name="Until">When their membership ended: the day on which they left, or the one on which it was over before.</param>
/// <param name="IsOpen">Whether the link still gives the exit certificate and the export.</param>
/// <param name="IsTaken">Whether a wallet has the exit certificate.</param>
public sealed record Departure(Departures.Row Row, DateTimeOffset? Since, DateTimeOffset Until, bool IsOpen, bool IsTaken);
