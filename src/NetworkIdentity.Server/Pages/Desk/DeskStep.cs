namespace NetworkIdentity.Server.Pages.Desk;

/// <summary>A step of a decision, as the nation's journal has it.</summary>
/// <param name="At">When.</param>
/// <param name="Words">What.</param>
/// <param name="By">Who; null where it followed by itself.</param>
public sealed record DeskStep(DateTimeOffset At, string Words, DeskFact? By);
