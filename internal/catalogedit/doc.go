// Package catalogedit changes catalogue files of package i18n as a person would: it adds entries at the end, puts a
// translation in the place of another one, and writes comments above entries. Everything else stays as it is written: the
// order, the comments, the quotation marks. What comes out is read again, and is only given if it says what it should.
package catalogedit
