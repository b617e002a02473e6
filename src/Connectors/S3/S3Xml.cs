using System.Globalization;
using System.Text;
using System.Xml;

namespace EventMesh.Connectors.S3;

/// <summary>The few documents of the protocol that are read and written, whatever their namespace: stores differ in it. No document types, no entities.</summary>
internal static class S3Xml
{
    private const int CodeCharsMax = 64;
    private static readonly XmlReaderSettings Reading = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true, IgnoreComments = true };

    /// <summary>What an error is called; null when it is none of S3's.</summary>
    public static string? ErrorCode(ReadOnlyMemory<byte> xml) =>
        Root(xml) == "Error" && Values(xml, "Code") is [var code, ..] && code.Length <= CodeCharsMax && code.All(char.IsAsciiLetterOrDigit) ? code : null;

    /// <summary>The first element of a name; null when there is none.</summary>
    public static string? Value(ReadOnlyMemory<byte> xml, string element) => Values(xml, element) is [var first, ..] ? first : null;

    /// <summary>The parts of a page of <c>ListParts</c>.</summary>
    public static IReadOnlyList<S3Part> Parts(ReadOnlyMemory<byte> xml)
    {
        var (numbers, tags, sizes) = (Values(xml, "PartNumber"), Values(xml, "ETag"), Values(xml, "Size"));
        if (numbers.Count != tags.Count || numbers.Count != sizes.Count) return [];
        return [.. numbers.Select((n, i) => new S3Part(int.Parse(n, CultureInfo.InvariantCulture), tags[i], long.Parse(sizes[i], CultureInfo.InvariantCulture)))];
    }

    /// <summary>What completes an upload.</summary>
    public static byte[] Completing(IReadOnlyList<S3Part> parts)
    {
        using var written = new MemoryStream();
        using (var xml = XmlWriter.Create(written, new() { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("CompleteMultipartUpload", "http://s3.amazonaws.com/doc/2006-03-01/");
            foreach (var part in parts)
            {
                xml.WriteStartElement("Part");
                xml.WriteElementString("PartNumber", part.Number.ToString(CultureInfo.InvariantCulture));
                xml.WriteElementString("ETag", part.ETag);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return written.ToArray();
    }

    private static string? Root(ReadOnlyMemory<byte> xml) => Read(xml, reader => reader.MoveToContent() == XmlNodeType.Element ? reader.LocalName : null);

    private static List<string> Values(ReadOnlyMemory<byte> xml, string element) => Read(xml, reader =>
    {
        var found = new List<string>();
        reader.Read();
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == element) found.Add(reader.ReadElementContentAsString());
            else reader.Read();
        }
        return found;
    }) ?? [];

    // An answer that takes long begins with white space that keeps the connection open, which XML does not allow before its declaration.
    private static T? Read<T>(ReadOnlyMemory<byte> xml, Func<XmlReader, T> read) where T : class?
    {
        using var bytes = new MemoryStream(xml.Span.TrimStart(" \r\n\t"u8).ToArray());
        try
        {
            using var reader = XmlReader.Create(bytes, Reading);
            return read(reader);
        }
        catch (XmlException)
        {
            // Not XML: a proxy's page, or nothing at all. Its status says the rest.
            return null;
        }
    }
}
