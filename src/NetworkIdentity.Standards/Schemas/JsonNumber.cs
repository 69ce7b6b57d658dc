using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Standards.Schemas;

/// <summary>A JSON number by its exact decimal value: sign, digits without zeros at either end, power of ten.</summary>
internal readonly record struct JsonNumber
{
    private const int MaxDigits = 1000;

    private readonly int _sign;
    private readonly string _digits;
    private readonly long _exponent;

    private JsonNumber(int sign, string digits, long exponent)
    {
        _sign = sign;
        _digits = digits;
        _exponent = exponent;
    }

    /// <summary>Whether it is a whole number: 1.0 is.</summary>
    public bool IsInteger => _exponent >= 0;

    public static JsonNumber? Of(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number ? Parse(node.ToJsonString()) : null;

    private static JsonNumber Parse(string text)
    {
        var negative = text[0] == '-';
        var mantissa = text.AsSpan(negative ? 1 : 0);
        long exponent = 0;
        if (mantissa.IndexOfAny('e', 'E') is >= 0 and var e)
        {
            // A power beyond 18 digits is as good as infinite.
            var power = mantissa[(e + 1)..];
            exponent = long.TryParse(power, out var read) && Math.Abs(read) < 1_000_000_000_000_000_000
                ? read
                : power[0] == '-' ? -1_000_000_000_000_000_000 : 1_000_000_000_000_000_000;
            mantissa = mantissa[..e];
        }

        if (mantissa.IndexOf('.') is >= 0 and var dot) exponent -= mantissa.Length - dot - 1;
        var digits = mantissa.ToString().Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var trimmed = digits.TrimEnd('0');
        return trimmed.Length == 0 ? new(0, "", 0) : new(negative ? -1 : 1, trimmed, exponent + digits.Length - trimmed.Length);
    }

    /// <summary>Less than 0, 0 or more than 0, as it is less than, equal to or more than <paramref name="other"/>.</summary>
    public int Against(JsonNumber other)
    {
        if (_sign != other._sign || _sign == 0) return _sign.CompareTo(other._sign);
        var magnitude = (_exponent + _digits.Length).CompareTo(other._exponent + other._digits.Length);
        if (magnitude == 0) magnitude = string.CompareOrdinal(_digits, other._digits);
        return _sign * Math.Sign(magnitude);
    }

    /// <summary>Whether it is a whole multiple of <paramref name="divisor"/>; false too where the numbers are too long to tell.</summary>
    public bool IsMultipleOf(JsonNumber divisor)
    {
        if (_sign == 0) return true;
        var shift = Math.Min(_exponent, divisor._exponent);
        if (_digits.Length + _exponent - shift > MaxDigits || divisor._digits.Length + divisor._exponent - shift > MaxDigits) return false;
        return (Whole(shift) % divisor.Whole(shift)).IsZero;
    }

    /// <summary>The value as a count; null where it is negative, not whole or too great.</summary>
    public int? Count() => _sign == 0 ? 0
        : _sign > 0 && _exponent is >= 0 and < 10 && int.TryParse(ToPlain(), out var count) ? count : null;

    public bool IsPositive => _sign > 0;

    /// <summary>One text for each value.</summary>
    public override string ToString() => $"{(_sign < 0 ? "-" : "")}{(_sign == 0 ? "0" : _digits)}e{_exponent}";

    private string ToPlain() => new StringBuilder(_digits).Append('0', (int)_exponent).ToString();

    private BigInteger Whole(long shift) => BigInteger.Parse(_digits) * BigInteger.Pow(10, (int)(_exponent - shift));
}
