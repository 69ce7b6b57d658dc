using NetworkIdentity.Server.Pages.Desk;

namespace NetworkIdentity.Server.Pages.Account;

/// <summary>A decision about a member, as they are told of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">What it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="At">When it was decided, or ended.</param>
/// <param name="DueAt">When it takes effect, where that is still to come.</param>
/// <param name="Facts">Its words.</param>
/// <param name="AppealUntil">Until when it can be appealed; null where it can't, or harms nobody.</param>
/// <param name="CharterVersion">By which rules.</param>
public sealed record ToldDecision(
    string Id, string Title, string State, DateTimeOffset At, DateTimeOffset? DueAt, IReadOnlyList<DeskFact> Facts, DateTimeOffset? AppealUntil, string CharterVersion);
