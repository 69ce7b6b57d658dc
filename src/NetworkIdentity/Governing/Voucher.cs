namespace NetworkIdentity.Governing;

/// <summary>A member who may speak for people who ask to join.</summary>
/// <param name="IsEligible">Whether they belong, for as long as the charter wants.</param>
/// <param name="Taken">For how many they vouch now.</param>
/// <param name="Most">For how many they may at once.</param>
public sealed record Voucher(bool IsEligible, int Taken, int Most)
{
    /// <summary>For how many more they may.</summary>
    public int Free => Math.Max(0, Most - Taken);
}
