using System.Text;

namespace NetworkIdentity.Delivering;

/// <summary>Reads a mail server's answers, within bounds [RFC5321 §4.2.1].</summary>
internal sealed class SmtpReader(Stream stream)
{
    private const int MaxLine = 2048;
    private const int MaxLines = 128;

    private readonly byte[] _buffer = new byte[MaxLine];
    private int _from;
    private int _to;

    /// <summary>Whether more was read than the answers that were asked for.</summary>
    public bool HasMore => _from < _to;

    /// <summary>Reads an answer.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">The server hung up.</exception>
    public async Task<SmtpReply> ReadAsync(CancellationToken deadline)
    {
        List<string> lines = [];
        var first = "";
        while (lines.Count < MaxLines)
        {
            var line = await LineAsync(deadline);
            if (line.Length < 3 || !line[..3].All(char.IsAsciiDigit) || (line.Length > 3 && line[3] is not (' ' or '-'))) break;
            if (lines.Count == 0) first = line[..3];
            else if (!line.StartsWith(first, StringComparison.Ordinal)) break;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ') return new SmtpReply(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture), lines);
        }

        throw new InvalidDataException("No answer of SMTP.");
    }

    private async Task<string> LineAsync(CancellationToken deadline)
    {
        var line = new StringBuilder();
        while (true)
        {
            while (_from < _to)
            {
                var letter = (char)_buffer[_from++];
                if (letter == '\n') return line.ToString().TrimEnd('\r');
                if (line.Length >= MaxLine) throw new InvalidDataException("A line without end.");
                line.Append(letter);
            }

            (_from, _to) = (0, await stream.ReadAsync(_buffer, deadline));
            if (_to == 0) throw new IOException("The server hung up.");
        }
    }
}
